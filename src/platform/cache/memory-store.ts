import { LRUCache } from 'lru-cache';
import type { CacheStore } from './cache-store.js';

/** The most entries that the process keeps; the least recently used goes first. */
const MAX_ENTRIES = 20_000;

/** Keeps the answers in this process, as they are, for one instance. Whoever gets one cannot change it. */
export class MemoryStore implements CacheStore {
  private readonly entries = new LRUCache<string, { readonly value: unknown }>({
    max: MAX_ENTRIES,
  });

  async getMany(keys: readonly string[]): Promise<unknown[]> {
    return keys.map((key) => this.entries.get(key)?.value);
  }

  async set(key: string, value: unknown, maxAge: number): Promise<void> {
    this.entries.set(key, { value: frozen(value) }, { ttl: maxAge });
  }

  async delete(keys: readonly string[]): Promise<void> {
    for (const key of keys) this.entries.delete(key);
  }

  /** Its connection is never lost. */
  onReconnect(): void {}

  async close(): Promise<void> {}
}

/** The same value, unchangeable in all of its parts but bytes, which JavaScript cannot freeze. */
function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  if (Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const part of Object.values(value)) frozen(part);
  return value;
}
