import { list } from '../../platform/database/sql/sql.js';
import type { TransactionRunner } from '../../platform/database/transaction-runner.js';
import { DAY } from '../../platform/time/durations.js';
import { SCHEDULED_JOBS } from './scheduled-jobs.js';

const RETENTION = 400 * DAY;

/**
 * Deletes old runs of jobs that run for the current period only. The few runs of other jobs are kept:
 * without the row of its run, a completed period could be run again.
 */
export async function deleteOldRuns(transactions: TransactionRunner, now: Date): Promise<void> {
  const names = SCHEDULED_JOBS.filter((job) => job.isCurrentOnly).map(({ name }) => name);
  const before = now.getTime() - RETENTION;
  await transactions.run(
    (tx) => tx.sql`
      DELETE FROM job_runs WHERE name IN (${list(names)}) AND started_at < ${before}`,
  );
}
