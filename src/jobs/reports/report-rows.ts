import type { Tx } from '../../platform/database/tx.js';
import type { Queryable } from '../../platform/database/queryable.js';
import { canBeReached, type Shipment } from '../deliveries/deliveries.js';
import type { JobRun } from '../scheduling/job-run.entity.js';
import type { DriverMonth, MonthlyFigures } from './monthly-figures.js';
import { raw } from '../../platform/database/sql.js';

interface Storage {
  readonly run: JobRun;
  readonly months: readonly DriverMonth[];
  readonly now: Date;
}

/**
 * Keeps the reports, in place of those made before the run, and counts them in it. One that another
 * instance has made in the meantime stays, and is not counted twice.
 */
export async function storeReports(tx: Tx, storage: Storage): Promise<void> {
  const { run, months, now } = storage;
  const { id, period, startedAt } = run;
  let made = 0;
  for (const { userId, figures } of months) {
    const rows = await tx.sql`
      INSERT INTO reports (user_id, period, content, created_at)
      VALUES (${userId}, ${period}, ${JSON.stringify(figures)}, ${now.getTime()})
      ON CONFLICT (user_id, period) DO UPDATE
        SET content = excluded.content, created_at = excluded.created_at
        WHERE reports.created_at < ${startedAt.getTime()}
      RETURNING user_id`;
    made += rows.length;
  }
  await tx.sql`UPDATE job_runs SET processed = processed + ${made} WHERE id = ${id}`;
}

export interface UnmailedReport {
  readonly userId: number;
  readonly email: string;
  readonly figures: MonthlyFigures;
}

interface Selection {
  readonly shipment: Shipment;
  readonly period: string;
  readonly afterId: number;
  readonly limit: number;
}

/** Reports of the period that their drivers have not been mailed, nor may have been; by driver. */
export async function listUnmailed(
  source: Queryable,
  selection: Selection,
): Promise<UnmailedReport[]> {
  const { shipment, period, afterId, limit } = selection;
  const rows = await source.sql<{ userId: number; email: string; content: string }[]>`
    SELECT reports.user_id AS "userId", accounts.email, reports.content
    FROM reports JOIN accounts ON accounts.id = reports.user_id
    WHERE reports.period = ${period} AND reports.user_id > ${afterId}
      AND ${raw(canBeReached(shipment.channel))}
      AND NOT EXISTS (
        SELECT 1 FROM deliveries
        WHERE subject = ${shipment.subject} AND channel = ${shipment.channel}
          AND user_id = reports.user_id AND status <> 'failed')
    ORDER BY reports.user_id LIMIT ${limit}`;
  return rows.map(({ userId, email, content }) => ({
    userId,
    email,
    figures: JSON.parse(content) as MonthlyFigures,
  }));
}
