import { rowLock } from '../../platform/database/locks/row-lock.js';
import type { Tx } from '../../platform/database/tx.js';
import type { Queryable } from '../../platform/database/queryable.js';
import { reachableAccountsSql, type DeliveryBatch } from '../deliveries/deliveries.js';
import type { JobRun } from '../scheduling/job-run.entity.js';
import type { DriverMonth } from './monthly-statistics.js';
import { encodeStatistics } from './report-content.js';
import { raw } from '../../platform/database/sql/sql.js';

interface Storage {
  readonly run: JobRun;
  readonly months: readonly DriverMonth[];
  readonly now: Date;
}

/**
 * Stores the reports, replacing those made before the run started, and counts them in the run. A
 * report that another instance has made meanwhile is kept and not counted again. An erased driver gets
 * no report.
 */
export async function storeReports(tx: Tx, storage: Storage): Promise<void> {
  const { run, months, now } = storage;
  const { id, period, startedAt } = run;
  let made = 0;
  for (const driver of months) {
    const isMade = await storeReport(tx, { ...driver, period, now, replaceBefore: startedAt });
    if (isMade) made += 1;
  }
  await tx.sql`UPDATE job_runs SET processed = processed + ${made} WHERE id = ${id}`;
}

/**
 * Stores the report of a driver, unless there is one that was made at `replaceBefore` or later. An
 * erased driver gets no report. Returns whether the report was stored.
 */
export async function storeReport(
  tx: Tx,
  report: Pick<DriverMonth, 'userId' | 'statistics'> & {
    readonly period: string;
    readonly now: Date;
    readonly replaceBefore: Date;
  },
): Promise<boolean> {
  const { userId, statistics, period, now, replaceBefore } = report;
  const rows = await tx.sql`
    INSERT INTO reports (user_id, period, content, created_at)
    SELECT id, ${period}, ${encodeStatistics(statistics)}, ${now.getTime()} FROM accounts
    WHERE id = ${userId} AND erased_at IS NULL ${rowLock(tx, 'FOR KEY SHARE')}
    ON CONFLICT (user_id, period) DO UPDATE
      SET content = excluded.content, created_at = excluded.created_at
      WHERE reports.created_at < ${replaceBefore.getTime()}
    RETURNING user_id`;
  return rows.length > 0;
}

/** Number of reports of the period that were made at that instant or later. */
export async function countReportsSince(
  database: Queryable,
  period: string,
  since: Date,
): Promise<number> {
  const [row] = await database.sql<[{ reports: number }]>`
    SELECT COUNT(*) AS reports FROM reports
    WHERE period = ${period} AND created_at >= ${since.getTime()}`;
  return row.reports;
}

export interface UnmailedReport {
  readonly userId: number;
  readonly email: string;
  readonly content: string;
}

interface Selection {
  readonly batch: DeliveryBatch;
  readonly period: string;
  readonly afterId: number;
  readonly limit: number;
}

/** Reports of the period that have no delivery, or only a failed one; by driver. */
export async function listUnmailed(
  database: Queryable,
  selection: Selection,
): Promise<UnmailedReport[]> {
  const { batch, period, afterId, limit } = selection;
  return database.sql<UnmailedReport[]>`
    SELECT reports.user_id AS "userId", accounts.email, reports.content
    FROM reports JOIN accounts ON accounts.id = reports.user_id
    WHERE reports.period = ${period} AND reports.user_id > ${afterId}
      AND ${raw(reachableAccountsSql(batch.channel))}
      AND NOT EXISTS (
        SELECT 1 FROM deliveries
        WHERE subject = ${batch.subject} AND channel = ${batch.channel}
          AND user_id = reports.user_id AND status <> 'failed')
    ORDER BY reports.user_id LIMIT ${limit}`;
}
