import type { Tx } from '../../platform/database/tx.js';
import { JobRun, subjectOf } from './job-run.entity.js';
import type { ScheduledJob } from './scheduled-job.js';

interface Begin {
  readonly job: ScheduledJob;
  readonly period: string;
  readonly now: Date;
}

/**
 * The only run of the period: inserted, continued if it had failed, or unchanged if it is running or
 * completed. `isBegun` is false only if it is unchanged.
 */
export async function beginRun(
  tx: Tx,
  { job, period, now }: Begin,
): Promise<{ readonly run: JobRun; readonly isBegun: boolean }> {
  const begun = await tx.sql`
    INSERT INTO job_runs (name, period, status, started_at) VALUES
      (${job.name}, ${period}, 'running', ${now.getTime()})
    ON CONFLICT (name, period) DO UPDATE
      SET status = 'running', started_at = ${now.getTime()}, finished_at = NULL, error = NULL,
        failed = 0
      WHERE job_runs.status = 'failed'
    RETURNING id`;
  const isBegun = begun.length > 0;
  if (isBegun) {
    const processed = await job.countProcessed(tx, { period, startedAt: now });
    await tx.update(JobRun, { name: job.name, period }, { processed });
  }
  const run = await tx.findOneBy(JobRun, { name: job.name, period });
  if (!run) throw new Error('A job run that was just stored is missing');
  return { run, isBegun };
}

/**
 * Repeats a finished run that was early, from the beginning. Messages that it sent, because of an earlier
 * version or a wrong clock, count as not sent: they were about an incomplete period.
 */
export async function restartRun(tx: Tx, run: JobRun, now: Date): Promise<void> {
  await tx.sql`DELETE FROM deliveries WHERE subject = ${subjectOf(run)}`;
  await tx.update(
    JobRun,
    { id: run.id },
    { status: 'running', startedAt: now, finishedAt: null, processed: 0, failed: 0, error: null },
  );
}
