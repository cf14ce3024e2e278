import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { invalidateAfter } from '../../platform/cache/invalidate-after.js';
import { TaggedCache } from '../../platform/cache/tagged-cache.js';
import { Configuration } from '../../platform/config/configuration.js';
import { ReadDatabase } from '../../platform/database/read-database.js';
import { rowLock } from '../../platform/database/locks/row-lock.js';
import { TransactionRunner, type UnitOfWork } from '../../platform/database/transaction-runner.js';
import type { Tx } from '../../platform/database/tx.js';
import { ValidationFailed } from '../../platform/errors/coded-error.js';
import { decodeCursor, Page, type PageRequest } from '../../platform/page.js';
import type { Principal } from '../../platform/principal.js';
import { Clock } from '../../platform/time/clock.js';
import { MINUTE } from '../../platform/time/durations.js';
import { PARKING_TAG } from '../cache-tags.js';
import { LotNotFound } from '../errors.js';
import { type AgreedTariff, AgreedTariffs } from './versions/agreed-tariffs.js';
import { audit } from './versions/audited-versions.js';
import type { Tariff } from './tariff.js';
import { findVersionsAt, listVersions, type LotVersions } from './versions/tariff-queries.js';
import type { TariffVersion } from './versions/tariff-version.js';
import {
  changeEnd,
  keepOnePending,
  type NewVersion,
  schedule,
  start,
  withdraw,
} from './versions/version-writes.js';

/** A `valid_from` at most this long ago counts as now: clocks differ, and requests take time. */
const TOLERANCE = MINUTE;
/** The greatest number that the column `version` stores on PostgreSQL. */
const MAX_VERSION = 2 ** 31 - 1;

export interface TariffChange {
  readonly tariff: Tariff;
  /** Undefined means now. */
  readonly validFrom?: Date;
}

/** Sets, schedules, replaces and ends the versions of a lot's tariff; each change is audited. */
@Injectable()
export class TariffsService {
  constructor(
    private readonly database: ReadDatabase,
    private readonly transactions: TransactionRunner,
    private readonly cache: TaggedCache,
    private readonly clock: Clock,
    private readonly configuration: Configuration,
    private readonly agreed: AgreedTariffs,
  ) {}

  /**
   * Makes the tariff the lot's current version, or its pending one if `validFrom` is in the future. A
   * new pending version replaces the old pending one; a new current version keeps it. A tariff that
   * already applies, or is already pending for that time, creates no version.
   * @throws LotNotFound | ValidationFailed if `validFrom` is in the past
   */
  set(lotId: number, change: TariffChange, principal: Principal): Promise<TariffVersion> {
    return this.write(async (tx) => {
      const timeZone = await this.lockLot(tx, lotId);
      const now = this.clock.now().getTime();
      const validFrom = startOf(change, now);
      const before = await findVersionsAt(tx, lotId, now);
      await keepOnePending(tx, before, { lotId, now });
      const wanted = { lotId, timeZone, tariff: change.tariff, validFrom, now };
      const existing = existingVersion(before, wanted);
      if (existing) return existing;
      const isPending = validFrom > now;
      const version = await (isPending ? schedule : start)(tx, before, wanted);
      const after = await findVersionsAt(tx, lotId, now);
      await audit(tx, { action: 'tariff.set', lotId, now, principal, before, after });
      return version;
    });
  }

  /** Ends the current version and the pending one: the hourly price applies. @throws LotNotFound */
  end(lotId: number, principal: Principal): Promise<void> {
    return this.write(async (tx) => {
      await this.lockLot(tx, lotId);
      const now = this.clock.now().getTime();
      const before = await findVersionsAt(tx, lotId, now);
      await keepOnePending(tx, before, { lotId, now });
      const { current, pending } = before;
      if (!current && !pending) return;
      if (current) await changeEnd(tx, current.id, now);
      if (pending) await withdraw(tx, pending.id, now);
      const after = { current: undefined, pending: undefined };
      await audit(tx, { action: 'tariff.ended', lotId, now, principal, before, after });
    });
  }

  /** The lot's versions, newest first; a pending one that was replaced is not among them. @throws LotNotFound */
  async list(lotId: number, query: PageRequest): Promise<Page<TariffVersion>> {
    await this.current(lotId);
    const [beforeVersion = MAX_VERSION] = decodeCursor(query, 'integer') ?? [];
    const range = { lotId, beforeVersion, limit: query.limit + 1 };
    const versions = await listVersions(this.database, range);
    return Page.of(versions, query.limit, ({ version }) => [version]);
  }

  /** What applies to the lot now: its current version, or its hourly price. @throws LotNotFound */
  current(lotId: number): Promise<AgreedTariff | TariffVersion> {
    return this.agreed.ofLot(this.database, lotId, this.clock.now().getTime());
  }

  /** Locks the lot until the unit ends and returns its time zone. @throws LotNotFound */
  private async lockLot(tx: Tx, lotId: number): Promise<string> {
    const [lot] = await tx.sql<{ timeZone: string | null }[]>`
      SELECT time_zone AS "timeZone" FROM lots WHERE id = ${lotId} AND retired_at IS NULL
      ${rowLock(tx, 'FOR UPDATE')}`;
    if (!lot) throw new LotNotFound(lotId);
    return lot.timeZone ?? this.configuration.timezone;
  }

  private write<T>(unit: UnitOfWork<T>): Promise<T> {
    return invalidateAfter(this.transactions.run(unit), this.cache, [PARKING_TAG]);
  }
}

/** When the version begins to apply, in ms. @throws ValidationFailed if `validFrom` is in the past */
function startOf({ validFrom }: TariffChange, now: number): number {
  const start = validFrom?.getTime() ?? now;
  if (start >= now - TOLERANCE) return Math.max(start, now);
  const message = 'valid_from must not be in the past';
  throw new ValidationFailed([{ field: 'valid_from', message }]);
}

/**
 * The version that makes the new one unnecessary, because it has the same tariff and time zone: for a later
 * start, the pending version, which must begin at the same instant; for a start now, or if no version is
 * pending, the current version. Undefined if there is none.
 */
function existingVersion(
  { current, pending }: LotVersions,
  { tariff, timeZone, validFrom, now }: NewVersion & { readonly now: number },
): TariffVersion | undefined {
  const existing = pending && validFrom > now ? pending : current;
  if (existing === pending && existing?.validFrom !== validFrom) return undefined;
  const isSame = existing?.timeZone === timeZone && isDeepStrictEqual(existing.tariff, tariff);
  return isSame ? existing : undefined;
}
