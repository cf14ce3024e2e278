import { CACHE_MANAGER, CacheModule as CacheManagerModule } from '@nestjs/cache-manager';
import { Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import type { Cache } from 'cache-manager';
import { Configuration } from '../config/configuration.js';
import { createCacheStore, redisStoreOf } from './cache-store.js';
import { TaggedCache } from './tagged-cache.js';

@Module({
  imports: [
    CacheManagerModule.registerAsync({
      inject: [Configuration],
      useFactory: async ({ redisUrl }: Configuration) => ({
        stores: [await createCacheStore(redisUrl)],
      }),
    }),
  ],
  providers: [TaggedCache],
  exports: [TaggedCache],
})
export class CacheModule implements OnApplicationShutdown {
  constructor(@Inject(CACHE_MANAGER) private readonly manager: Cache) {}

  onApplicationShutdown(): void {
    redisStoreOf(this.manager)?.close();
  }
}
