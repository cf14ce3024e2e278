import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Cron, CronExpression } from '@nestjs/schedule';
import { AccountLinks } from '../auth/links/account-links.js';
import { deleteOldNetworks } from '../auth/sessions/old-networks.js';
import { TokensService } from '../auth/sessions/tokens.service.js';
import { deleteOldEntries } from '../platform/audit/old-entries.js';
import { Configuration } from '../platform/config/configuration.js';
import { TransactionRunner } from '../platform/database/transaction-runner.js';
import { IdempotencyRecords } from '../platform/idempotency/idempotency-records.js';
import type { DelayedJobHandler } from '../platform/queue/delayed/delayed-job.js';
import { DelayedJobs } from '../platform/queue/delayed/delayed-jobs.js';
import { JobQueue } from '../platform/queue/delayed/job-queue.js';
import { type JobKind, THREE_ATTEMPTS } from '../platform/queue/job-kind.js';
import { Clock } from '../platform/time/clock.js';
import { DAY } from '../platform/time/durations.js';
import { deleteOldDeliveries } from './deliveries/old-deliveries.js';
import { ExportsService } from './exports/exports.service.js';
import { OldPlates } from './old-plates.js';
import { LateReports } from './reports/late-reports.js';
import { deleteOldRuns } from './scheduling/old-runs.js';
import { scheduleNextHour } from './scheduling/schedule-next-hour.js';

export const HOUSEKEEPING: JobKind = { name: 'housekeeping', retry: THREE_ATTEMPTS };

/**
 * Deletes what has expired, and completes reports, once an hour on one of the instances. The time is not
 * critical: expired rows are ignored until they are deleted.
 */
@Injectable()
export class Housekeeping implements DelayedJobHandler, OnApplicationBootstrap {
  readonly kind = HOUSEKEEPING;

  constructor(
    private readonly transactions: TransactionRunner,
    private readonly queue: JobQueue,
    private readonly jobs: DelayedJobs,
    private readonly exports: ExportsService,
    private readonly tokens: TokensService,
    private readonly links: AccountLinks,
    private readonly idempotencyRecords: IdempotencyRecords,
    private readonly plates: OldPlates,
    private readonly reports: LateReports,
    private readonly configuration: Configuration,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): Promise<void> {
    return this.scheduleNext();
  }

  @Cron(CronExpression.EVERY_HOUR)
  scheduleNext(): Promise<void> {
    const job = { kind: HOUSEKEEPING, now: this.clock.now() };
    return scheduleNextHour(this.transactions, this.queue, job);
  }

  async run(): Promise<void> {
    // First, because docs/contract.md states that plates are deleted within an hour.
    await this.plates.run();
    await this.reports.run();
    await this.tokens.deleteExpired();
    await this.links.deleteExpired();
    await this.idempotencyRecords.deleteExpired();
    await this.exports.deleteExpired();
    await this.jobs.deleteFinished();
    const now = this.clock.now();
    const { audit, deliveries, networks } = this.configuration.retentionDays;
    const before = (days: number) => now.getTime() - days * DAY;
    await deleteOldDeliveries(this.transactions, before(deliveries));
    await deleteOldNetworks(this.transactions, before(networks));
    await deleteOldEntries(this.transactions, before(audit));
    await deleteOldRuns(this.transactions, now);
  }
}
