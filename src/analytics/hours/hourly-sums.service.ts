import { Injectable } from '@nestjs/common';
import { Configuration } from '../../platform/config/configuration.js';
import { rowLock } from '../../platform/database/locks/row-lock.js';
import { ReadDatabase } from '../../platform/database/read-database.js';
import { TransactionRunner } from '../../platform/database/transaction-runner.js';
import type { Tx } from '../../platform/database/tx.js';
import { Clock } from '../../platform/time/clock.js';
import { HOUR, MINUTE, SECOND } from '../../platform/time/durations.js';
import { AnalyticsNotReady } from '../errors.js';
import { completeLotHistories, keepTimeZones } from '../lots/history-writes.js';
import { readLotHistories } from '../lots/lot-histories.js';
import { type LateChange, takeLateChanges } from './late-changes.js';
import { nextBatch } from './next-batch.js';
import { sumLots } from './sum-lots.js';
import { carsAtEnd, deleteSums } from './sum-tables.js';

/**
 * An hour is summed this long after its end: by then, no transaction that began in it is still
 * running, although clocks of instances differ by up to a minute.
 */
const SETTLING_TIME = 2 * MINUTE;
/**
 * If a late change is older than this, for example after an import, the hours of all lots are
 * summed again.
 */
const LATE_LIMIT = 48 * HOUR;
/** How long a request sums hours that are due before it fails, in ms. */
const MAX_WAIT = SECOND;

interface Progress {
  /** Hours that ended by this instant (ms) are summed; 0 if none are. */
  readonly endsAt: number;
  /** The installation's zone when the last hour was summed. */
  readonly timeZone: string | null;
  /** Grows whenever hours are summed. */
  readonly revision: number;
  /** Number of lots with late changes, whose hours must be summed again. */
  readonly late: number;
}

/**
 * Keeps the sums per lot and hour complete up to the last full hour (UTC). Triggers record every
 * change in an hour that is already summed, and the hours of its lot are summed again. One instance
 * sums at a time.
 */
@Injectable()
export class HourlySums {
  constructor(
    private readonly transactions: TransactionRunner,
    private readonly database: ReadDatabase,
    private readonly configuration: Configuration,
    private readonly clock: Clock,
  ) {}

  /**
   * Calls `read` when all hours are summed. Repeats the call if hours were summed meanwhile, or, for up to
   * a second, if past events were stored meanwhile, for example by a camera that sends its queue.
   * @param read gets the instant (ms) before which all hours are summed
   * @throws AnalyticsNotReady if it takes more than a second, as after an upgrade
   */
  async readCurrent<T>(read: (summedUntil: number) => Promise<T>): Promise<T> {
    const deadline = performance.now() + MAX_WAIT;
    for (;;) {
      const before = await this.progress();
      if (this.isCurrent(before)) {
        const result = await read(before.endsAt);
        const after = await this.progress();
        const isLate = after.late > 0 && performance.now() <= deadline;
        if (after.revision === before.revision && !isLate) return result;
      } else {
        await this.sumBatch();
      }
      if (performance.now() > deadline) throw new AnalyticsNotReady();
    }
  }

  private async progress(): Promise<Progress> {
    const [progress] = await this.database.sql<Progress[]>`
      SELECT ends_at AS "endsAt", time_zone AS "timeZone", revision,
        (SELECT COUNT(*) FROM late_changes) AS late
      FROM summed_hours`;
    if (!progress) throw new Error('summed_hours has one row');
    return progress;
  }

  private isCurrent({ endsAt, timeZone, late }: Progress): boolean {
    const { timezone } = this.configuration;
    return endsAt === this.target(endsAt) && timeZone === timezone && late === 0;
  }

  /** Sums the next hours, in one short transaction. Returns whether more are due. */
  sumBatch(): Promise<boolean> {
    return this.transactions.run(async (tx) => {
      const progress = await this.lock(tx);
      const target = this.target(progress.endsAt);
      const from = await this.begin(tx, progress, target);
      const lots = await this.histories(tx);
      const ends = lots.map(({ id, periods }) => ({ lot: id, before: periods.hourAt(from).from }));
      const cars = [...(await carsAtEnd(tx, ends)).values()];
      const occupiedLots = cars.filter((number) => number > 0).length;
      const batch = await nextBatch(tx, { from, target, occupiedLots });
      const { until } = batch;
      if (until > batch.from) await sumLots(tx, lots, batch);
      await tx.sql`UPDATE summed_hours SET ends_at = ${until}, revision = revision + 1`;
      return until < target;
    });
  }

  private async lock(tx: Tx): Promise<Pick<Progress, 'endsAt' | 'timeZone'>> {
    const [progress] = await tx.sql<Pick<Progress, 'endsAt' | 'timeZone'>[]>`
      SELECT ends_at AS "endsAt", time_zone AS "timeZone" FROM summed_hours
      ${rowLock(tx, 'FOR UPDATE')}`;
    if (!progress) throw new Error('summed_hours has one row');
    const { timezone } = this.configuration;
    if (progress.timeZone === timezone) return progress;
    const now = this.clock.now().getTime();
    if (progress.timeZone) await keepTimeZones(tx, { before: progress.timeZone, now });
    await tx.sql`UPDATE summed_hours SET time_zone = ${timezone}`;
    return progress;
  }

  /** Sums hours with late changes again, and returns the instant from which hours must be summed. */
  private async begin(
    tx: Tx,
    { endsAt }: Pick<Progress, 'endsAt'>,
    target: number,
  ): Promise<number> {
    if (endsAt === 0) {
      // Late changes are recorded only after the first sums, so wait for uncommitted changes.
      if (tx.dialect === 'postgres') await tx.sql`LOCK TABLE reservations IN SHARE MODE`;
      await completeLotHistories(tx);
      return 0;
    }
    const late = await takeLateChanges(tx);
    const old = late.map(({ since }) => since).filter(isOld(endsAt));
    // If the clock was set back, the target is earlier than the last summed hour. Batches begin on a
    // full hour of UTC; the sums of a lot are deleted from its local hour that contains this instant.
    const start = Math.floor(Math.min(target, endsAt, ...old) / HOUR) * HOUR;
    if (start < endsAt) {
      await completeLotHistories(tx);
      for (const lot of await this.histories(tx)) await deleteSums(tx, lot, start);
    }
    const lots = late.filter(({ since }) => since < start);
    if (lots.length > 0) await this.repeat(tx, lots, start);
    return start;
  }

  /** Sums the hours of each lot again, from its late change until `until`. */
  private async repeat(tx: Tx, late: readonly LateChange[], until: number): Promise<void> {
    const lots = await this.histories(
      tx,
      late.map(({ lotId }) => lotId),
    );
    for (const lot of lots) {
      const from = late.find(({ lotId }) => lotId === lot.id)?.since ?? until;
      await deleteSums(tx, lot, from);
      await sumLots(tx, [lot], { from, until });
    }
  }

  private histories(tx: Tx, lotIds?: readonly number[]) {
    return readLotHistories(tx, this.configuration.timezone, lotIds);
  }

  /**
   * The end of the last full hour that can be summed, or `endsAt` if it is later, because the clock of
   * another instance is ahead. If `endsAt` is in the future, the clock was set back, and `endsAt` is ignored.
   */
  private target(endsAt: number): number {
    const now = this.clock.now().getTime();
    const settled = Math.floor((now - SETTLING_TIME) / HOUR) * HOUR;
    return endsAt <= now ? Math.max(settled, endsAt) : settled;
  }
}

function isOld(endsAt: number) {
  return (since: number) => since < endsAt - LATE_LIMIT;
}
