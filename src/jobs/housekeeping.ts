import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Cron, CronExpression } from '@nestjs/schedule';
import { TokensService } from '../auth/sessions/tokens.service.js';
import { TransactionRunner } from '../platform/database/transaction-runner.js';
import { IdempotencyRecords } from '../platform/idempotency/idempotency-records.js';
import type { DelayedJobHandler } from '../platform/queue/delayed/delayed-job.js';
import { DelayedJobs } from '../platform/queue/delayed/delayed-jobs.js';
import { JobQueue } from '../platform/queue/delayed/job-queue.js';
import { type JobKind, THREE_ATTEMPTS } from '../platform/queue/job-kind.js';
import { Clock } from '../platform/time/clock.js';
import { HOUR } from '../platform/time/durations.js';
import { deleteOldDeliveries } from './deliveries/old-deliveries.js';
import { ExportsService } from './exports/exports.service.js';
import { deleteOldRuns } from './scheduling/old-runs.js';

export const HOUSEKEEPING: JobKind = { name: 'housekeeping', retry: THREE_ATTEMPTS };

/**
 * Deletes what has expired, once an hour on one of the instances. The time is not critical:
 * expired rows are ignored until they are deleted.
 */
@Injectable()
export class Housekeeping implements DelayedJobHandler, OnApplicationBootstrap {
  readonly kind = HOUSEKEEPING;
  private readonly logger = new Logger('Housekeeping');

  constructor(
    private readonly transactions: TransactionRunner,
    private readonly queue: JobQueue,
    private readonly jobs: DelayedJobs,
    private readonly exports: ExportsService,
    private readonly tokens: TokensService,
    private readonly idempotencyRecords: IdempotencyRecords,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): Promise<void> {
    return this.scheduleNext();
  }

  /** Every instance schedules the next full hour; the key makes these a single job. */
  @Cron(CronExpression.EVERY_HOUR)
  async scheduleNext(): Promise<void> {
    const now = this.clock.now().getTime();
    const runAt = new Date((Math.floor(now / HOUR) + 1) * HOUR);
    const job = { kind: HOUSEKEEPING, key: runAt.toISOString(), payload: { v: 1 }, runAt };
    try {
      await this.transactions.run((tx) => this.queue.schedule(tx, job));
    } catch (error) {
      this.logger.error(error, 'cannot be scheduled; the next attempt is in an hour');
    }
  }

  async run(): Promise<void> {
    await this.tokens.deleteExpired();
    await this.idempotencyRecords.deleteExpired();
    await this.exports.deleteExpired();
    await this.jobs.deleteFinished();
    const now = this.clock.now();
    await deleteOldDeliveries(this.transactions, now);
    await deleteOldRuns(this.transactions, now);
  }
}
