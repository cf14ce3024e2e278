import { Injectable } from '@nestjs/common';
import { Clock } from '../time/clock.js';
import { TransactionRunner } from '../database/transaction-runner.js';
import { RETENTION_MS } from './idempotent-transaction-runner.js';

/** Deletes idempotency records that have expired. */
@Injectable()
export class IdempotencyRecords {
  constructor(
    private readonly transactions: TransactionRunner,
    private readonly clock: Clock,
  ) {}

  async deleteExpired(): Promise<void> {
    const end = this.clock.now().getTime() - RETENTION_MS;
    await this.transactions.run(
      (tx) => tx.sql`DELETE FROM idempotency_records WHERE created_at <= ${end}`,
    );
  }
}
