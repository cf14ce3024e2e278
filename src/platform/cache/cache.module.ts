import { Global, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { Configuration } from '../config/configuration.js';
import { Cache } from './cache.js';
import { CACHE_STORE, type CacheStore } from './cache-store.js';
import { MemoryStore } from './memory-store.js';
import { RedisStore } from './redis-store.js';

@Global()
@Module({
  providers: [
    Cache,
    {
      provide: CACHE_STORE,
      inject: [Configuration],
      useFactory: ({ redisUrl }: Configuration) =>
        redisUrl ? new RedisStore(redisUrl) : new MemoryStore(),
    },
  ],
  exports: [Cache, CACHE_STORE],
})
export class CacheModule implements OnApplicationShutdown {
  constructor(@Inject(CACHE_STORE) private readonly store: CacheStore) {}

  onApplicationShutdown(): Promise<void> {
    return this.store.close();
  }
}
