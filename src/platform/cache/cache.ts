import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { CACHE_STORE, type CacheStore } from './cache-store.js';

/**
 * What cached answers are computed from. `parking` is every lot, spot and booking, `accounts`
 * everyone's accounts, `driver:7` the bookings of driver 7.
 */
export type CacheTag = 'parking' | 'accounts' | `driver:${number}`;

export interface CachedValue<T> {
  readonly key: string;
  /** The answer's greatest age, in milliseconds from the beginning of its load. */
  readonly maxAge: number;
  readonly tags: readonly CacheTag[];
  readonly load: () => Promise<T>;
}

interface Entry<T> {
  readonly edition: string;
  readonly value: T;
}

/** Outlives every cached answer, so that an edition is never forgotten while an answer refers to it. */
const TAG_VERSION_TTL = 3_600_000;
/** Milliseconds between two tries to reach a store that is down. */
const RETRY_DELAY = 100;
/** The edition of everything at once. */
const GLOBAL_VERSION_KEY = 'edition:all';

/**
 * Keeps answers for a while, and never one that a write has overtaken. Each topic has an edition, a
 * random word; an answer is stored with the editions from before its load and holds only as long
 * as they do. A write takes the edition away after its commit, so the answer of a slow load that
 * began before the write is never given out after it, whichever instance stored it and when.
 *
 * Where the store fails, the answer comes from its load. What could not be told to the store then
 * is made up for before the store is trusted again: by a new edition of everything.
 */
@Injectable()
export class Cache implements OnModuleDestroy {
  /** How many answers came from the store, from a load, or past a store that is not trusted. */
  readonly lookups = { hit: 0, miss: 0, bypass: 0 };
  private readonly loading = new Map<string, Promise<unknown>>();
  private readonly creatingVersions = new Map<string, Promise<string>>();
  /** Under way while the store is not trusted; settles once it is, or the store is closed. */
  private recovery: Promise<void> | undefined;
  private failureCount = 0;
  private isClosed = false;

  constructor(@Inject(CACHE_STORE) private readonly store: CacheStore) {
    store.onReconnect(() => this.markUnavailable());
  }

  onModuleDestroy(): void {
    this.isClosed = true;
  }

  /** The stored answer, or a fresh one; whoever asks at the same time waits for the same load. */
  async remember<T>(answer: CachedValue<T>): Promise<T> {
    const found = await this.lookUp<T>(answer);
    if (!found) {
      this.lookups.bypass += 1;
      return answer.load();
    }
    const { edition, entry } = found;
    if (entry?.edition === edition) {
      this.lookups.hit += 1;
      return entry.value;
    }
    this.lookups.miss += 1;

    const flight = `${answer.key} ${edition}`;
    const running = this.loading.get(flight);
    if (running) return running as Promise<T>;
    const loaded = this.load(answer, edition).finally(() => this.loading.delete(flight));
    this.loading.set(flight, loaded);
    return loaded;
  }

  /** To be called after the commit of a write that changed something of these topics. Never fails. */
  async invalidate(...topics: readonly CacheTag[]): Promise<void> {
    // While the store is not trusted, the new edition of everything will cover this write too.
    if (this.recovery) this.markUnavailable();
    else await this.store.delete(topics.map(tagVersionKey)).catch(() => this.markUnavailable());
  }

  /** Undefined where the store cannot be trusted now. */
  private async lookUp<T>({
    key,
    tags: topics,
  }: CachedValue<T>): Promise<{ edition: string; entry: Entry<T> | undefined } | undefined> {
    try {
      if (this.recovery) return undefined;
      const names = [GLOBAL_VERSION_KEY, ...topics.map(tagVersionKey)];
      const values = await this.store.getMany([...names, key]);
      const editions = await Promise.all(
        names.map((name, index) => this.versionOf(name, values[index])),
      );
      return { edition: editions.join(' '), entry: values[names.length] as Entry<T> | undefined };
    } catch {
      this.markUnavailable();
      return undefined;
    }
  }

  private async load<T>(answer: CachedValue<T>, edition: string): Promise<T> {
    const { key, maxAge, load } = answer;
    const end = performance.now() + maxAge;
    const value = await load();
    // What is read is as old as the load's beginning, and overtaken where a write came since.
    const remaining = Math.floor(end - performance.now());
    if (remaining > 0 && (await this.lookUp(answer))?.edition === edition) {
      await this.store.set(key, { edition, value }, remaining).catch(() => this.markUnavailable());
    }
    return value;
  }

  private async versionOf(name: string, known: unknown): Promise<string> {
    return typeof known === 'string' ? known : this.createVersion(name);
  }

  /** Whoever comes right after a write finds no edition; with one each they would load apart. */
  private createVersion(name: string): Promise<string> {
    const known = this.creatingVersions.get(name);
    if (known) return known;
    const edition = randomUUID();
    const naming = this.store
      .set(name, edition, TAG_VERSION_TTL)
      .then(() => edition)
      // Gone before anyone has the name, so that nobody joins a load through it later.
      .finally(() => this.creatingVersions.delete(name));
    this.creatingVersions.set(name, naming);
    return naming;
  }

  /** Serves from the database until nothing that was stored before holds any more, anywhere. */
  private markUnavailable(): void {
    this.failureCount += 1;
    this.recovery ??= this.resetGlobalVersion();
  }

  private async resetGlobalVersion(): Promise<void> {
    while (!this.isClosed) {
      const { failureCount: doubts } = this;
      try {
        await this.store.set(GLOBAL_VERSION_KEY, randomUUID(), TAG_VERSION_TTL);
        // A failure since may be of a write that came after the new epoch.
        if (doubts !== this.failureCount) continue;
        this.recovery = undefined;
        return;
      } catch {
        await sleep(RETRY_DELAY, undefined, { ref: false });
      }
    }
  }
}

function tagVersionKey(topic: CacheTag): string {
  return `edition:${topic}`;
}
