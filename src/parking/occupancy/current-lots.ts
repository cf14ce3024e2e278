import { Injectable } from '@nestjs/common';
import { TaggedCache } from '../../platform/cache/tagged-cache.js';
import { ReadDatabase } from '../../platform/database/read-database.js';
import { Clock } from '../../platform/time/clock.js';
import { PARKING_TAG } from '../cache-tags.js';
import {
  listAllLotViews,
  listLotViews,
  type LotView,
  nextClaimChange,
} from '../lots/lot-queries.js';
import { AheadUnits } from '../reservations/ahead/ahead-units.js';
import { nextTariffChange } from '../tariffs/versions/tariff-queries.js';

/** A value that is computed from the lots. */
export interface ValueOfLots<T> {
  /** The name of the cached value. */
  readonly key: string;
  /** Maximum age in milliseconds. */
  readonly maxAge: number;
  /** The number of lots to read, the first by id; all by default. */
  readonly first?: number;
  readonly compute: (lots: readonly LotView[]) => T;
}

interface Current<T> {
  readonly value: T;
  /** The instant (ms) at which time alone changes a lot; null if no such change is due. */
  readonly changesAt: number | null;
}

/** The lots with their current figures. */
@Injectable()
export class CurrentLots {
  constructor(
    private readonly database: ReadDatabase,
    private readonly cache: TaggedCache,
    private readonly clock: Clock,
    private readonly units: AheadUnits,
  ) {}

  /** A value from the cache, at most `maxAge` old and never older than a completed write. */
  async remember<T>(wanted: ValueOfLots<T>): Promise<T> {
    const current = await this.cached(wanted);
    const { changesAt } = current;
    if (changesAt === null || changesAt > this.clock.now().getTime()) return current.value;
    await this.units.settleDue();
    await this.cache.invalidate(PARKING_TAG);
    return (await this.cached(wanted)).value;
  }

  /** Lots with a greater id, by id, read from the database and not from the cache. */
  async after(afterId: number, limit: number): Promise<LotView[]> {
    await this.units.settleDue();
    const now = this.clock.now().getTime();
    return listLotViews(this.database, { afterId, limit, now });
  }

  private cached<T>({ key, maxAge, first, compute }: ValueOfLots<T>): Promise<Current<T>> {
    return this.cache.remember({
      key,
      maxAge,
      tags: [PARKING_TAG],
      load: async () => {
        const { lots, changesAt } = await this.read(first);
        return { value: compute(lots), changesAt };
      },
    });
  }

  private async read(first: number | undefined) {
    await this.units.settleDue();
    const now = this.clock.now().getTime();
    const lots =
      first === undefined
        ? await listAllLotViews(this.database, now)
        : await listLotViews(this.database, { afterId: 0, limit: first, now });
    const changes = [
      await nextTariffChange(this.database, now),
      await nextClaimChange(this.database, now),
    ].filter((moment) => moment !== undefined);
    return { lots, changesAt: changes.length > 0 ? Math.min(...changes) : null };
  }
}
