import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { Inject, Injectable } from '@nestjs/common';
import { CACHE_STORE, type CacheStore } from './cache-store.js';

/**
 * What cached answers are computed from. `parking` is every lot, spot and booking, `accounts`
 * everyone's accounts, `driver:7` the bookings of driver 7.
 */
export type Topic = 'parking' | 'accounts' | `driver:${number}`;

export interface CachedAnswer<T> {
  readonly key: string;
  /** The answer's greatest age, in milliseconds from the beginning of its load. */
  readonly maxAge: number;
  readonly topics: readonly Topic[];
  readonly load: () => Promise<T>;
}

interface Entry<T> {
  readonly edition: string;
  readonly value: T;
}

/** Outlives every cached answer, so that an edition is never forgotten while an answer refers to it. */
const EDITION_AGE = 3_600_000;
/** The edition of everything at once. */
const EPOCH = 'edition:all';

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
export class Cache {
  private readonly loading = new Map<string, Promise<unknown>>();
  private readonly naming = new Map<string, Promise<string>>();
  private isTrusted = true;

  constructor(@Inject(CACHE_STORE) private readonly store: CacheStore) {
    store.onReconnect(() => {
      this.isTrusted = false;
    });
  }

  /** The stored answer, or a fresh one; whoever asks at the same time waits for the same load. */
  async remember<T>(answer: CachedAnswer<T>): Promise<T> {
    const found = await this.lookUp<T>(answer);
    if (!found) return answer.load();
    const { edition, entry } = found;
    if (entry?.edition === edition) return entry.value;

    const flight = `${answer.key} ${edition}`;
    const running = this.loading.get(flight);
    if (running) return running as Promise<T>;
    const loaded = this.load(answer, edition).finally(() => this.loading.delete(flight));
    this.loading.set(flight, loaded);
    return loaded;
  }

  /** To be called after the commit of a write that changed something of these topics. Never fails. */
  async invalidate(...topics: readonly Topic[]): Promise<void> {
    await this.store.delete(topics.map(editionKey)).catch(() => this.distrust());
  }

  /** Undefined where the store cannot be trusted now. */
  private async lookUp<T>({
    key,
    topics,
  }: CachedAnswer<T>): Promise<{ edition: string; entry: Entry<T> | undefined } | undefined> {
    try {
      if (!this.isTrusted) await this.startAfresh();
      const names = [EPOCH, ...topics.map(editionKey)];
      const values = await this.store.getMany([...names, key]);
      const editions = await Promise.all(
        names.map((name, index) => this.editionFrom(name, values[index])),
      );
      return { edition: editions.join(' '), entry: values[names.length] as Entry<T> | undefined };
    } catch {
      this.distrust();
      return undefined;
    }
  }

  private async load<T>(answer: CachedAnswer<T>, edition: string): Promise<T> {
    const { key, maxAge, load } = answer;
    const end = performance.now() + maxAge;
    const value = await load();
    // What is read is as old as the load's beginning.
    const remaining = Math.floor(end - performance.now());
    if (remaining > 0) {
      await this.store.set(key, { edition, value }, remaining).catch(() => this.distrust());
    }
    return value;
  }

  private async editionFrom(name: string, known: unknown): Promise<string> {
    return typeof known === 'string' ? known : this.nameEdition(name);
  }

  /** Whoever comes right after a write finds no edition; with one each they would load apart. */
  private nameEdition(name: string): Promise<string> {
    const known = this.naming.get(name);
    if (known) return known;
    const edition = randomUUID();
    const naming = this.store
      .set(name, edition, EDITION_AGE)
      .then(() => edition)
      // Gone before anyone has the name, so that nobody joins a load through it later.
      .finally(() => this.naming.delete(name));
    this.naming.set(name, naming);
    return naming;
  }

  /** Nothing that was stored before holds after this, on any instance. */
  private async startAfresh(): Promise<void> {
    this.isTrusted = true;
    await this.store.set(EPOCH, randomUUID(), EDITION_AGE);
  }

  private distrust(): void {
    this.isTrusted = false;
  }
}

function editionKey(topic: Topic): string {
  return `edition:${topic}`;
}
