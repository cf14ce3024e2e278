import { dailyReminders } from '../reminders/daily-reminders.js';
import { monthlyReports } from '../reports/monthly-reports.js';
import { JobNotFound } from './errors.js';
import type { Schedule, ScheduledJob } from './scheduled-job.js';

/** Every scheduled job. The handlers are listed in jobs-worker.module.ts. */
export const SCHEDULED_JOBS: readonly ScheduledJob[] = [dailyReminders, monthlyReports];

export const SCHEDULED_JOB_NAMES = SCHEDULED_JOBS.map(({ name }) => name);

/** @throws JobNotFound */
export function findScheduledJob(name: string): ScheduledJob {
  const job = SCHEDULED_JOBS.find((candidate) => candidate.name === name);
  if (!job) throw new JobNotFound(name, SCHEDULED_JOB_NAMES);
  return job;
}

/** Every period that is due by now, as if no job had ever run. */
export function duePeriods(
  now: Date,
  schedule: Schedule,
): { readonly name: string; readonly period: string }[] {
  return SCHEDULED_JOBS.flatMap((job) =>
    job.due(now, schedule).map(({ period }) => ({ name: job.name, period })),
  );
}
