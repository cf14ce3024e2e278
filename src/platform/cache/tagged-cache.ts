import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { CACHE_MANAGER } from '@nestjs/cache-manager';
import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { Cache } from 'cache-manager';
import { VERSION } from '../version.js';
import { memoryStoreOf, redisStoreOf } from './cache-store.js';
import { HOUR } from '../time/durations.js';
import type { MemoryStore } from './memory-store.js';

export interface CachedValue<T> {
  readonly key: string;
  /** Maximum age in milliseconds, counted from the beginning of the load. */
  readonly maxAge: number;
  /** Name the data from which the value is computed. A write to any of the data invalidates the value. */
  readonly tags: readonly string[];
  readonly load: () => Promise<T>;
}

interface Entry<T> {
  /** The versions of the global tag and of the value's tags before its load. */
  readonly versions: string;
  readonly value: T;
}

/** Longer than any value's maximum age, so that a version outlives the values that refer to it. */
const TAG_VERSION_TTL = HOUR;
/** Milliseconds between two attempts to reach a store that is down. */
const RETRY_DELAY = 100;
const PING_TTL = 1_000;
/** The global version. The key is not renamed, because instances of all versions of the program share it. */
const GLOBAL_VERSION_KEY = 'edition:all';

/**
 * A cache on top of cache-manager that never returns a value that is older than a write. Each tag has a
 * version, a random text. A value is stored with the versions from before its load, and is valid only while
 * they are current. A write deletes the versions of its tags after its commit, so the value of a slow load
 * that began before the write is never returned after it, on any instance.
 *
 * While the store is unavailable, values are loaded directly. Before it is used again, a new global version
 * replaces the invalidations that it missed.
 */
@Injectable()
export class TaggedCache implements OnModuleDestroy {
  /** Look-ups by outcome: stored, loaded, or loaded because the store is unavailable. */
  readonly lookups = { hit: 0, miss: 0, bypass: 0 };
  private readonly loads = new Map<string, Promise<unknown>>();
  private readonly newVersions = new Map<string, Promise<string>>();
  /** Set while the store is unavailable; settles when it is back, or the program ends. */
  private recovery: Promise<void> | undefined;
  private failureCount = 0;
  private readonly memory: MemoryStore | undefined;
  private isClosed = false;

  constructor(@Inject(CACHE_MANAGER) private readonly manager: Cache) {
    this.memory = memoryStoreOf(manager);
    redisStoreOf(manager)?.onReconnect(() => this.markUnavailable());
  }

  onModuleDestroy(): void {
    this.isClosed = true;
  }

  /** The stored value, or a fresh one. Concurrent callers share one load. */
  async remember<T>(wanted: CachedValue<T>): Promise<T> {
    const found = await this.lookUp<T>(wanted);
    if (!found) {
      this.lookups.bypass += 1;
      return wanted.load();
    }
    const { versions, entry } = found;
    if (entry?.versions === versions) {
      this.lookups.hit += 1;
      return entry.value;
    }
    this.lookups.miss += 1;

    const load = `${wanted.key} ${versions}`;
    const running = this.loads.get(load);
    if (running) return running as Promise<T>;
    const loaded = this.load(wanted, versions).finally(() => this.loads.delete(load));
    this.loads.set(load, loaded);
    return loaded;
  }

  /**
   * Invalidates what is cached under these tags. Call this method after the commit of a write that changed
   * it. Never rejects.
   */
  async invalidate(...tags: readonly string[]): Promise<void> {
    if (tags.length === 0) return;
    // While the store is unavailable, the next global version covers this write too.
    if (this.recovery) return this.markUnavailable();
    await this.manager.mdel(tags.map(versionKey)).catch(() => this.markUnavailable());
  }

  /** Resolves if the store accepts a write. @throws if it is down */
  async ping(): Promise<void> {
    await this.manager.set('ping', true, PING_TTL);
  }

  /** Returns undefined while the store is unavailable. */
  private async lookUp<T>({
    key,
    tags,
  }: CachedValue<T>): Promise<{ versions: string; entry: Entry<T> | undefined } | undefined> {
    try {
      if (this.recovery) return undefined;
      const keys = [GLOBAL_VERSION_KEY, ...tags.map(versionKey)];
      const values = await this.read([...keys, valueKey(key)]);
      const entry = values.pop() as Entry<T> | undefined;
      const versions = values.every((version) => typeof version === 'string')
        ? values
        : await Promise.all(keys.map((name, index) => this.versionOf(name, values[index])));
      return { versions: versions.join(' '), entry };
    } catch {
      this.markUnavailable();
      return undefined;
    }
  }

  /**
   * Returns the stored value for each key, or undefined. Reading the memory directly, without the promises
   * and events of cache-manager and Keyv, saves 9 % of the CPU time of a cached response
   * (docs/performance.md).
   */
  private read(keys: string[]): unknown[] | Promise<unknown[]> {
    // If Redis fails, mget returns undefined for each key; then the new versions cannot be stored.
    return this.memory?.read(keys) ?? this.manager.mget<unknown>(keys);
  }

  private async load<T>(wanted: CachedValue<T>, versions: string): Promise<T> {
    const { key, maxAge, load } = wanted;
    const end = performance.now() + maxAge;
    const value = await load();
    // The age counts from the beginning of the load, and a write since then makes the value
    // outdated.
    const remaining = Math.floor(end - performance.now());
    if (remaining > 0 && (await this.lookUp(wanted))?.versions === versions) {
      const entry: Entry<T> = { versions, value };
      await this.manager.set(valueKey(key), entry, remaining).catch(() => this.markUnavailable());
    }
    return value;
  }

  private async versionOf(name: string, stored: unknown): Promise<string> {
    return typeof stored === 'string' ? stored : this.createVersion(name);
  }

  /**
   * Concurrent callers right after a write share one new version, so that only one of them loads.
   */
  private createVersion(name: string): Promise<string> {
    const running = this.newVersions.get(name);
    if (running) return running;
    const version = randomUUID();
    const stored = this.manager
      .set(name, version, TAG_VERSION_TTL)
      .then(() => version)
      // Deleted before a caller gets the version, so that no later caller joins a load through it.
      .finally(() => this.newVersions.delete(name));
    this.newVersions.set(name, stored);
    return stored;
  }

  /**
   * Loads every value directly until all values that were stored before are invalid on every
   * instance.
   */
  private markUnavailable(): void {
    this.failureCount += 1;
    this.recovery ??= this.resetGlobalVersion();
  }

  private async resetGlobalVersion(): Promise<void> {
    while (!this.isClosed) {
      const { failureCount } = this;
      try {
        await this.manager.set(GLOBAL_VERSION_KEY, randomUUID(), TAG_VERSION_TTL);
        // A failure since then may concern a write that came after the new version.
        if (failureCount !== this.failureCount) continue;
        this.recovery = undefined;
        return;
      } catch {
        await sleep(RETRY_DELAY, undefined, { ref: false });
      }
    }
  }
}

function versionKey(tag: string): string {
  return `edition:${tag}`;
}

/** Contains the program's version: another version may store another shape under the same name. */
function valueKey(key: string): string {
  return `value:${VERSION}:${key}`;
}
