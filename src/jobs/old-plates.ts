import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { deleteOldPlates } from '../parking/vehicles/delete-old-plates.js';
import { PlateRetention } from '../parking/vehicles/plate-retention.js';
import { TransactionRunner } from '../platform/database/transaction-runner.js';
import { IdempotencyRecords } from '../platform/idempotency/idempotency-records.js';
import type { DelayedJobHandler } from '../platform/queue/delayed/delayed-job.js';
import { JobQueue } from '../platform/queue/delayed/job-queue.js';
import { type JobKind, THREE_ATTEMPTS } from '../platform/queue/job-kind.js';
import { Clock } from '../platform/time/clock.js';
import { ExportPlates } from './exports/old-plates.js';

export const OLD_PLATES: JobKind = { name: 'old-plates', retry: THREE_ATTEMPTS };

/**
 * Deletes plates that are older than `PLATE_RETENTION_DAYS`: at every start, because the setting may have
 * changed, and once an hour with the rest of the housekeeping.
 */
@Injectable()
export class OldPlates implements DelayedJobHandler, OnApplicationBootstrap {
  readonly kind = OLD_PLATES;
  private readonly logger = new Logger('OldPlates');

  constructor(
    private readonly transactions: TransactionRunner,
    private readonly queue: JobQueue,
    private readonly retention: PlateRetention,
    private readonly exports: ExportPlates,
    private readonly idempotencyRecords: IdempotencyRecords,
    private readonly clock: Clock,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const runAt = this.clock.now();
    if (this.retention.cutoff(runAt.getTime()) === undefined) return;
    const job = { kind: OLD_PLATES, payload: { v: 1 }, runAt };
    try {
      await this.transactions.run((tx) => this.queue.schedule(tx, job));
    } catch (error) {
      this.logger.error(error, 'the job cannot be scheduled; the next attempt is within an hour');
    }
  }

  async run(): Promise<void> {
    const cutoff = this.retention.cutoff(this.clock.now().getTime());
    if (cutoff === undefined) return;
    await deleteOldPlates(this.transactions, cutoff);
    await this.exports.deleteOldPlates(cutoff);
    // Idempotency records contain plates too, but expire after a day, which is the shortest retention of plates.
    await this.idempotencyRecords.deleteExpired();
  }
}
