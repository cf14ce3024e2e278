import type { Cache } from 'cache-manager';
import { Keyv } from 'keyv';
import { MemoryStore } from './memory-store.js';
import type { RedisStore } from './redis-store.js';

const NAMESPACE = 'vpms:cache';

/**
 * The store that cache-manager works on: Redis if the URL is set, else this process's memory. Both
 * Keyv and the Redis adapter must throw their errors, or a failed invalidation would go unnoticed.
 */
export async function createCacheStore(redisUrl: string | undefined): Promise<Keyv> {
  const common = { namespace: NAMESPACE, useKeyPrefix: false, throwOnErrors: true };
  if (!redisUrl) {
    // Without serialization a reader gets the stored object itself.
    const asIs = { serialize: undefined, deserialize: undefined };
    return new Keyv({ ...common, ...asIs, store: new MemoryStore() });
  }
  // Imported on demand, because the client of Redis would be a tenth of the files that the program
  // loads.
  const { RedisStore } = await import('./redis-store.js');
  const keyv = new Keyv({ ...common, store: new RedisStore(redisUrl) });
  // Each error is also thrown to its caller.
  keyv.on('error', () => undefined);
  return keyv;
}

export function memoryStoreOf({ stores }: Cache): MemoryStore | undefined {
  const store: unknown = stores[0]?.store;
  return store instanceof MemoryStore ? store : undefined;
}

export function redisStoreOf(cache: Cache): RedisStore | undefined {
  return memoryStoreOf(cache) ? undefined : (cache.stores[0]?.store as RedisStore | undefined);
}
