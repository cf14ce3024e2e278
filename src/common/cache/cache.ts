import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { CACHE_MANAGER } from '@nestjs/cache-manager';
import { Inject, Injectable } from '@nestjs/common';
import type { Cache as CacheManager } from 'cache-manager';

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

/**
 * Keeps answers for a while, and never one that a write has overtaken. Each topic has an edition, a
 * random word; an answer is stored with the editions from before its load and holds only as long
 * as they do. A write takes the edition away after its commit, so the answer of a slow load that
 * began before the write is never given out after it, whichever instance stored it and when.
 */
@Injectable()
export class Cache {
  private readonly loading = new Map<string, Promise<unknown>>();
  private readonly naming = new Map<Topic, Promise<string>>();

  constructor(@Inject(CACHE_MANAGER) private readonly store: CacheManager) {}

  /** The stored answer, or a fresh one; whoever asks at the same time waits for the same load. */
  async remember<T>(answer: CachedAnswer<T>): Promise<T> {
    const edition = await this.editionsOf(answer.topics);
    const entry = await this.store.get<Entry<T>>(answer.key);
    if (entry?.edition === edition) return entry.value;

    const flight = `${answer.key} ${edition}`;
    const running = this.loading.get(flight);
    if (running) return running as Promise<T>;
    const loaded = this.load(answer, edition).finally(() => this.loading.delete(flight));
    this.loading.set(flight, loaded);
    return loaded;
  }

  /** To be called after the commit of a write that changed something of these topics. */
  async invalidate(...topics: readonly Topic[]): Promise<void> {
    await Promise.all(topics.map((topic) => this.store.del(editionKey(topic))));
  }

  private async load<T>(answer: CachedAnswer<T>, edition: string): Promise<T> {
    const { key, maxAge, topics, load } = answer;
    const end = performance.now() + maxAge;
    const value = await load();
    // What is read is as old as the load's beginning, and overtaken where a write came since.
    const remaining = Math.floor(end - performance.now());
    if (remaining > 0 && (await this.editionsOf(topics)) === edition) {
      await this.store.set(key, { edition, value }, remaining);
    }
    return value;
  }

  private async editionsOf(topics: readonly Topic[]): Promise<string> {
    return (await Promise.all(topics.map((topic) => this.editionOf(topic)))).join(' ');
  }

  private async editionOf(topic: Topic): Promise<string> {
    const known = await this.store.get<string>(editionKey(topic));
    if (known !== undefined) return known;
    // Whoever comes right after a write finds no edition; with one each they would load apart.
    const naming = this.naming.get(topic) ?? this.nameEdition(topic);
    this.naming.set(topic, naming);
    return naming;
  }

  /** Is out of `naming` before anyone has the name, so that nobody joins a load through it later. */
  private async nameEdition(topic: Topic): Promise<string> {
    const edition = randomUUID();
    try {
      await this.store.set(editionKey(topic), edition, EDITION_AGE);
    } finally {
      this.naming.delete(topic);
    }
    return edition;
  }
}

function editionKey(topic: Topic): string {
  return `edition:${topic}`;
}
