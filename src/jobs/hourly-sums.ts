import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Cron, CronExpression } from '@nestjs/schedule';
import { HourlySums } from '../analytics/hours/hourly-sums.service.js';
import { TransactionRunner } from '../platform/database/transaction-runner.js';
import type { Tx } from '../platform/database/tx.js';
import type { DelayedJobHandler, LeasedJob } from '../platform/queue/delayed/delayed-job.js';
import { insertJob } from '../platform/queue/delayed/insert-job.js';
import { JobQueue } from '../platform/queue/delayed/job-queue.js';
import { type JobKind, THREE_ATTEMPTS } from '../platform/queue/job-kind.js';
import { Clock } from '../platform/time/clock.js';
import { MINUTE, SECOND } from '../platform/time/durations.js';
import { scheduleNextHour } from './scheduling/schedule-next-hour.js';

export const HOURLY_SUMS: JobKind = { name: 'hourly-sums', retry: THREE_ATTEMPTS };

/** How long one job works before it leaves the rest to the next one. */
const TIME_PER_JOB = 10 * SECOND;
/** When the job runs, in ms after the full hour: an hour is summed two minutes after its end (hourly-sums.service.ts). */
const DELAY = 3 * MINUTE;

/**
 * Schedules the job that sums past hours. Call this function after writing many bookings of the past. A
 * running program finds the job within 15 seconds.
 */
export async function sumPastHours(tx: Tx): Promise<void> {
  const atOnce = new Date(0);
  await insertJob(tx, { kind: HOURLY_SUMS, payload: { v: 1 }, runAt: atOnce }, atOnce);
}

/**
 * Sums the last hour of all lots, once an hour on one of the instances. After an upgrade, a seed or an
 * import, also sums the hours of the past; for an upgrade, the migration creates the first job. Reads do
 * not depend on this job: they sum missing hours themselves.
 */
@Injectable()
export class HourlySumsJob implements DelayedJobHandler, OnApplicationBootstrap {
  readonly kind = HOURLY_SUMS;

  constructor(
    private readonly sums: HourlySums,
    private readonly transactions: TransactionRunner,
    private readonly queue: JobQueue,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): Promise<void> {
    return this.scheduleNext();
  }

  @Cron(CronExpression.EVERY_HOUR)
  scheduleNext(): Promise<void> {
    const job = { kind: HOURLY_SUMS, now: this.clock.now(), delay: DELAY };
    return scheduleNextHour(this.transactions, this.queue, job);
  }

  async run(job: LeasedJob): Promise<void> {
    const deadline = performance.now() + TIME_PER_JOB;
    while (await this.sums.sumBatch()) {
      if (performance.now() < deadline) continue;
      await this.transactions.run(async (tx) => {
        await job.complete(tx);
        const runAt = this.clock.now();
        await this.queue.schedule(tx, { kind: HOURLY_SUMS, payload: { v: 1 }, runAt });
      });
      return;
    }
  }
}
