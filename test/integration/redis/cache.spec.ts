import 'reflect-metadata';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { TaggedCache, type CachedValue } from '../../../src/platform/cache/tagged-cache.js';
import { createCache } from 'cache-manager';
import { createCacheStore } from '../../../src/platform/cache/cache-store.js';
import { Latch } from '../../support/app/latch.js';
import { invalidateAfter } from '../../../src/platform/cache/invalidate-after.js';

/** The source of the cached values; it replaces the database. */
class Source {
  value = 0;
  loads = 0;

  /** A load that reads the value at once and then waits until the latch is open. */
  response({ gate, ...response }: Partial<CachedValue<number>> & { gate?: Latch } = {}) {
    return {
      key: 'response',
      maxAge: 60_000,
      tags: ['parking'] as const,
      load: async () => {
        this.loads += 1;
        const { value } = this;
        await gate?.opened;
        return value;
      },
      ...response,
    };
  }
}

let cache: TaggedCache;
let source: Source;

beforeEach(async () => {
  cache = new TaggedCache(createCache({ stores: [await createCacheStore(undefined)] }));
  source = new Source();
});

/** Waits until a requested load has started. */
const loadHasBegun = () => expect.poll(() => source.loads).toBeGreaterThan(0);

describe('TaggedCache', () => {
  it('returns the stored value until a write', async () => {
    await cache.remember(source.response());
    source.value = 1;
    expect(await cache.remember(source.response())).toBe(0);
    await cache.invalidate('parking');
    expect(await cache.remember(source.response())).toBe(1);
    expect(source.loads).toBe(2);
  });

  it('returns a fresh value after a write that was committed although its response was lost', async () => {
    await cache.remember(source.response());
    const write = async (error: Error) => {
      source.value += 1;
      throw error;
    };
    const lost = new Error('Connection terminated unexpectedly');
    await expect(invalidateAfter(write(lost), cache, ['parking'])).rejects.toBe(lost);
    expect(await cache.remember(source.response())).toBe(1);
    const refused = new Error('LOT_FULL');
    await expect(invalidateAfter(write(refused), cache, ['parking'])).rejects.toBe(refused);
    expect(await cache.remember(source.response())).toBe(1);
  });

  it('does not store the value of a load that began before a write', async () => {
    const gate = new Latch();
    const slow = cache.remember(source.response({ gate }));
    await loadHasBegun();
    source.value = 1;
    await cache.invalidate('parking');
    gate.open();
    // The slow load was requested before the write; later calls must return the written value.
    expect(await slow).toBe(0);
    expect(await cache.remember(source.response())).toBe(1);
  });

  it('starts a new load if the running one began before a write', async () => {
    const gate = new Latch();
    const slow = cache.remember(source.response({ gate }));
    await loadHasBegun();
    source.value = 1;
    await cache.invalidate('parking');
    expect(await cache.remember(source.response())).toBe(1);
    gate.open();
    await slow;
    expect(await cache.remember(source.response())).toBe(1);
    expect(source.loads).toBe(2);
  });

  it('never returns an older value to the writer while readers load concurrently', async () => {
    for (let write = 1; write <= 200; write += 1) {
      const readers = Array.from({ length: write % 7 }, () => cache.remember(source.response()));
      source.value = write;
      await cache.invalidate('parking');
      const more = Array.from({ length: write % 5 }, () => cache.remember(source.response()));
      expect(await cache.remember(source.response())).toBe(write);
      await Promise.all([...readers, ...more]);
    }
  });

  it('shares one load among concurrent callers, even right after a write', async () => {
    const readConcurrently = () =>
      Promise.all(Array.from({ length: 50 }, () => cache.remember(source.response())));
    expect(new Set(await readConcurrently())).toEqual(new Set([0]));
    expect(source.loads).toBe(1);
    source.value = 1;
    await cache.invalidate('parking');
    expect(new Set(await readConcurrently())).toEqual(new Set([1]));
    expect(source.loads).toBe(2);
  });

  it('rejects all callers of a failing load, and does not store the failure', async () => {
    const load = async (): Promise<number> => {
      source.loads += 1;
      throw new Error('no database');
    };
    const results = await Promise.allSettled(
      [1, 2, 3].map(() => cache.remember(source.response({ load }))),
    );
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(source.loads).toBe(1);
    expect(await cache.remember(source.response())).toBe(0);
    expect(await cache.remember(source.response())).toBe(0);
    expect(source.loads).toBe(2);
  });

  it('returns a value no longer than its maximum age', async () => {
    await cache.remember(source.response({ maxAge: 100 }));
    source.value = 1;
    await sleep(150);
    expect(await cache.remember(source.response({ maxAge: 100 }))).toBe(1);
  });

  it('counts the age from the start of the load', async () => {
    const gate = new Latch();
    const slow = cache.remember(source.response({ gate, maxAge: 100 }));
    await loadHasBegun();
    await sleep(150);
    gate.open();
    await slow;
    source.value = 1;
    expect(await cache.remember(source.response({ maxAge: 100 }))).toBe(1);
  });

  it('keeps tags separate, and checks each tag of a value', async () => {
    const mine = source.response({ key: 'mine', tags: ['driver:1'] });
    const yours = source.response({ key: 'yours', tags: ['driver:2'] });
    const all = source.response({ key: 'all', tags: ['parking', 'accounts'] });
    const readAll = () =>
      Promise.all([mine, yours, all].map((response) => cache.remember(response)));
    expect(await readAll()).toEqual([0, 0, 0]);
    source.value = 1;
    await cache.invalidate('driver:1');
    expect(await readAll()).toEqual([1, 0, 0]);
    source.value = 2;
    await cache.invalidate('accounts');
    expect(await readAll()).toEqual([1, 0, 2]);
    source.value = 3;
    await cache.invalidate('parking', 'driver:2');
    expect(await readAll()).toEqual([1, 3, 3]);
  });

  it('keeps values separate that differ only in their key', async () => {
    await cache.remember(source.response({ key: 'a' }));
    source.value = 1;
    expect(await cache.remember(source.response({ key: 'b' }))).toBe(1);
  });

  it('protects stored values from changes by callers', async () => {
    const response = { key: 'list', maxAge: 60_000, tags: ['parking'] as const };
    const load = async () => [{ id: 1 }];
    await cache.remember({ ...response, load });
    const got = await cache.remember({ ...response, load });
    expect(() => got.pop()).toThrow(TypeError);
    expect(() => Object.assign(got[0] ?? {}, { id: 2 })).toThrow(TypeError);
    expect(await cache.remember({ ...response, load })).toEqual([{ id: 1 }]);
  });
});
