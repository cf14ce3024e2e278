import { CacheModule as NestCacheModule } from '@nestjs/cache-manager';
import { Global, Module } from '@nestjs/common';
import { CacheableMemory } from 'cacheable';
import { Keyv } from 'keyv';
import { Cache } from './cache.js';

/** The most entries that the process keeps; the least recently used goes first. */
const MAX_ENTRIES = 20_000;

@Global()
@Module({
  imports: [
    NestCacheModule.registerAsync({
      // Made with the program: two of them in one process, as in the tests, share nothing.
      useFactory: () => ({
        stores: [new Keyv({ store: new CacheableMemory({ lruSize: MAX_ENTRIES }) })],
      }),
    }),
  ],
  providers: [Cache],
  exports: [Cache],
})
export class CacheModule {}
