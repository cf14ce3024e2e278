import { Injectable } from '@nestjs/common';
import { Clock } from '../time/clock.js';
import { BATCH_ROWS, inBatches } from '../database/bulk/in-batches.js';
import { TransactionRunner } from '../database/transaction-runner.js';
import { RETENTION } from './idempotent-transaction-runner.js';

/** Deletes idempotency records that have expired. */
@Injectable()
export class IdempotencyRecords {
  constructor(
    private readonly transactions: TransactionRunner,
    private readonly clock: Clock,
  ) {}

  async deleteExpired(): Promise<void> {
    const end = this.clock.now().getTime() - RETENTION;
    await inBatches(
      this.transactions,
      (tx) => tx.sql`
        DELETE FROM idempotency_records WHERE request_digest IN (
          SELECT request_digest FROM idempotency_records WHERE created_at <= ${end}
          LIMIT ${BATCH_ROWS})
        RETURNING created_at`,
    );
  }
}
