import { Logger } from '@nestjs/common';
import type { TransactionRunner } from '../../platform/database/transaction-runner.js';
import type { JobQueue } from '../../platform/queue/delayed/job-queue.js';
import type { JobKind } from '../../platform/queue/job-kind.js';
import { HOUR } from '../../platform/time/durations.js';

interface HourlyJob {
  readonly kind: JobKind;
  readonly now: Date;
  /** Milliseconds after the full hour. */
  readonly delay?: number;
}

/**
 * Schedules the job of the next full hour. Every instance calls this at its start and once an hour;
 * because of the key, all instances together schedule one job.
 */
export async function scheduleNextHour(
  transactions: TransactionRunner,
  queue: JobQueue,
  { kind, now, delay = 0 }: HourlyJob,
): Promise<void> {
  const runAt = new Date((Math.floor(now.getTime() / HOUR) + 1) * HOUR + delay);
  const job = { kind, key: runAt.toISOString(), payload: { v: 1 }, runAt };
  try {
    await transactions.run((tx) => queue.schedule(tx, job));
  } catch (error) {
    new Logger('Scheduler').error(
      error,
      `${kind.name} cannot be scheduled; the next attempt is in an hour`,
    );
  }
}
