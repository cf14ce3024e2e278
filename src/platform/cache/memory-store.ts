import type { KeyvStoreAdapter, StoredData } from 'keyv';
import { LRUCache } from 'lru-cache';

/** Maximum number of entries in a process; the least recently used are dropped first. */
const MAX_ENTRIES = 20_000;

/** What Keyv stores for a value. */
interface Stored {
  readonly value?: unknown;
}

type Adapter = Pick<KeyvStoreAdapter, 'get' | 'set' | 'delete' | 'clear'>;

/** A bounded Keyv store in this process's memory: Keyv's own Map grows without limit. */
export class MemoryStore implements Adapter {
  private readonly entries = new LRUCache<string, Stored>({ max: MAX_ENTRIES });

  /** Returns the stored values directly, because a promise would cost more than reading them. */
  read(keys: readonly string[]): unknown[] {
    return keys.map((key) => this.entries.get(key)?.value);
  }

  async get<Value>(key: string): Promise<StoredData<Value> | undefined> {
    return this.entries.get(key) as StoredData<Value> | undefined;
  }

  /** @param ttl in milliseconds */
  async set(key: string, value: Stored, ttl?: number): Promise<boolean> {
    this.entries.set(key, frozen(value), { ttl });
    return true;
  }

  async delete(key: string): Promise<boolean> {
    return this.entries.delete(key);
  }

  async clear(): Promise<void> {
    this.entries.clear();
  }
}

/** Makes the object immutable, because all readers share it. JavaScript cannot freeze bytes. */
function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  if (Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const part of Object.values(value)) frozen(part);
  return value;
}
