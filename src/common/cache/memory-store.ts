import { CacheableMemory } from 'cacheable';
import { Keyv } from 'keyv';
import type { CacheStore } from './cache-store.js';

/** The most entries that the process keeps; the least recently used goes first. */
const MAX_ENTRIES = 20_000;

/** Keeps the answers in this process: for one instance. */
export class MemoryStore implements CacheStore {
  private readonly keyv = new Keyv({ store: new CacheableMemory({ lruSize: MAX_ENTRIES }) });

  getMany(keys: readonly string[]): Promise<unknown[]> {
    return this.keyv.getMany([...keys]);
  }

  async set(key: string, value: unknown, maxAge: number): Promise<void> {
    await this.keyv.set(key, value, maxAge);
  }

  async delete(keys: readonly string[]): Promise<void> {
    await this.keyv.deleteMany([...keys]);
  }

  /** Its connection is never lost. */
  onReconnect(): void {}

  async close(): Promise<void> {}
}
