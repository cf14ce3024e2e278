import { Injectable, Logger } from '@nestjs/common';
import { LONGEST_LIFETIMES } from '../../auth/links/account-links.js';
import { Configuration } from '../../platform/config/configuration.js';
import { BATCH_ROWS, inBatches } from '../../platform/database/bulk/in-batches.js';
import { ReadDatabase } from '../../platform/database/read-database.js';
import { raw } from '../../platform/database/sql/sql.js';
import { TransactionRunner } from '../../platform/database/transaction-runner.js';
import { Clock } from '../../platform/time/clock.js';
import { DAY, HOUR, MINUTE } from '../../platform/time/durations.js';
import { JobRun, subjectOf } from './job-run.entity.js';
import { SCHEDULED_JOBS } from './scheduled-jobs.js';

/** In milliseconds: the clocks of instances and of the database's clients differ by less. */
const TOLERANCE = MINUTE;
/** In milliseconds: longer than any lease of a job (delayed-jobs.ts). */
const LONGEST_LEASE = MINUTE;

interface StoredInstant {
  readonly table: string;
  readonly key: string;
  readonly column: string;
  /** How far ahead of its creation the instant may be, in milliseconds. */
  readonly ahead?: number;
  readonly condition?: string;
}

/**
 * Instants on which the program's behaviour depends. The instants of lots, bookings and the audit log are
 * not corrected, because they record what the clock showed.
 */
const INSTANTS: readonly StoredInstant[] = [
  { table: 'accounts', key: 'id', column: 'created_at' },
  { table: 'accounts', key: 'id', column: 'updated_at' },
  { table: 'sessions', key: 'id', column: 'created_at' },
  { table: 'sessions', key: 'id', column: 'last_used_at' },
  { table: 'account_links', key: 'digest', column: 'created_at' },
  ...Object.entries(LONGEST_LIFETIMES).map(([purpose, ahead]) => ({
    table: 'account_links',
    key: 'digest',
    column: 'expires_at',
    ahead,
    condition: `purpose = '${purpose}'`,
  })),
  { table: 'login_networks', key: 'account_id, network', column: 'used_at' },
  { table: 'idempotency_records', key: 'request_digest', column: 'created_at' },
  { table: 'idempotency_records', key: 'request_digest', column: 'used_at' },
  { table: 'exports', key: 'id', column: 'created_at' },
  { table: 'exports', key: 'id', column: 'finished_at' },
  { table: 'exports', key: 'id', column: 'expires_at', ahead: DAY },
  { table: 'gate_events', key: 'id', column: 'received_at' },
  { table: 'deliveries', key: 'subject, channel, user_id', column: 'updated_at' },
  { table: 'reports', key: 'user_id, period', column: 'created_at' },
  { table: 'job_runs', key: 'id', column: 'started_at' },
  { table: 'job_runs', key: 'id', column: 'finished_at' },
  { table: 'jobs', key: 'id', column: 'created_at' },
  { table: 'jobs', key: 'id', column: 'lease_until', ahead: LONGEST_LEASE },
  // Retries only: a job without an attempt may be scheduled years ahead.
  { table: 'jobs', key: 'id', column: 'run_at', ahead: HOUR, condition: 'attempts > 0' },
];

/**
 * Makes records that were created ahead of the clock count as created now. Such records remain after a
 * clock that was wrong is set back. Without a correction, they would not be due, expire or be retried
 * until the clock reaches their instants.
 */
@Injectable()
export class ClockCorrection {
  private readonly logger = new Logger('Clock');
  /** The instant (ms) of the last check; undefined before the first one. */
  private latest: number | undefined;

  constructor(
    private readonly database: ReadDatabase,
    private readonly transactions: TransactionRunner,
    private readonly configuration: Configuration,
    private readonly clock: Clock,
  ) {}

  /** Corrects the records at the start, and whenever the clock was set back since the last check. */
  async check(): Promise<void> {
    const now = this.clock.now().getTime();
    const isDue = this.latest === undefined || now < this.latest - TOLERANCE;
    if (isDue) await this.correct(now);
    this.latest = now;
  }

  private async correct(now: number): Promise<void> {
    const { transactions } = this;
    await this.repeatEarlyRuns(now);
    // Jobs that finished in the future: their keys would block later jobs with the same keys.
    await inBatches(
      transactions,
      (tx) => tx.sql`
        DELETE FROM jobs WHERE id IN (
          SELECT id FROM jobs WHERE finished_at > ${now + TOLERANCE} LIMIT ${BATCH_ROWS})
        RETURNING id`,
    );
    for (const { table, key, column, ahead = 0, condition = 'TRUE' } of INSTANTS) {
      let corrected = 0;
      await inBatches(transactions, async (tx) => {
        const rows = await tx.sql`
          UPDATE ${raw(table)} SET ${raw(column)} = ${now + ahead}
          WHERE (${raw(key)}) IN (
            SELECT ${raw(key)} FROM ${raw(table)}
            WHERE ${raw(column)} > ${now + ahead + TOLERANCE} AND ${raw(condition)}
            LIMIT ${BATCH_ROWS})
          RETURNING ${raw(column)}`;
        corrected += rows.length;
        return rows;
      });
      if (corrected > 0) {
        this.logger.warn(
          `${table}.${column}: ${corrected} rows were ahead of the clock and now count as created now`,
        );
      }
    }
  }

  /**
   * Deletes the runs of periods that have not begun, which would otherwise count as completed, and
   * the deliveries of periods that are not over.
   */
  private async repeatEarlyRuns(now: number): Promise<void> {
    const { timezone } = this.configuration;
    const instant = new Date(now);
    for (const job of SCHEDULED_JOBS) {
      const runs = await this.database.getRepository(JobRun).findBy({ name: job.name });
      const current = job.period.current(instant, timezone);
      for (const run of runs) {
        const { id, period, startedAt } = run;
        if (startedAt.getTime() <= now + TOLERANCE) continue;
        const isFuture = period > current;
        if (!isFuture && !job.isEarly({ period, startedAt: instant }, timezone)) continue;
        await this.transactions.run(async (tx) => {
          await tx.sql`DELETE FROM deliveries WHERE subject = ${subjectOf(run)}`;
          if (!isFuture) return;
          await job.deleteStored?.(tx, period);
          await tx.sql`DELETE FROM job_runs WHERE id = ${id}`;
        });
      }
    }
  }
}
