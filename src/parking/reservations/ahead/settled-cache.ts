import { Injectable } from '@nestjs/common';
import { type CachedValue, TaggedCache } from '../../../platform/cache/tagged-cache.js';
import { ReadDatabase } from '../../../platform/database/read-database.js';
import { Clock } from '../../../platform/time/clock.js';
import { AheadUnits } from './ahead-units.js';

interface Settled<T> {
  readonly value: T;
  /** When time alone next changes a booking, in ms; null if nothing is due. */
  readonly changesAt: number | null;
}

/** Caches what is computed from bookings, until time alone changes one of them. */
@Injectable()
export class SettledCache {
  constructor(
    private readonly database: ReadDatabase,
    private readonly cache: TaggedCache,
    private readonly clock: Clock,
    private readonly units: AheadUnits,
  ) {}

  async remember<T>(cached: CachedValue<T>): Promise<T> {
    const load = () => this.load(cached.load);
    const settled = await this.cache.remember({ ...cached, load });
    const { changesAt } = settled;
    if (changesAt === null || changesAt > this.clock.now().getTime()) return settled.value;
    await this.cache.invalidate(...cached.tags);
    return (await this.cache.remember({ ...cached, load })).value;
  }

  private async load<T>(load: () => Promise<T>): Promise<Settled<T>> {
    await this.units.settleDue();
    const [next] = await this.database.sql<{ dueAt: number }[]>`
      SELECT due_at AS "dueAt" FROM reservations WHERE due_at >= 0 ORDER BY due_at LIMIT 1`;
    return { value: await load(), changesAt: next?.dueAt ?? null };
  }
}
