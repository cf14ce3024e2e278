import { Injectable } from '@nestjs/common';
import { Clock } from '../time/clock.js';
import { TransactionRunner } from '../database/transaction-runner.js';
import { KEPT_FOR } from './idempotent-transaction-runner.js';

/** The outcomes of all keyed requests. */
@Injectable()
export class KeptOutcomes {
  constructor(
    private readonly transactions: TransactionRunner,
    private readonly clock: Clock,
  ) {}

  /** Removes those that count no more. */
  async forgetExpired(): Promise<void> {
    const end = this.clock.now().getTime() - KEPT_FOR;
    await this.transactions.run(
      (tx) => tx.sql`DELETE FROM kept_outcomes WHERE created_at <= ${end}`,
    );
  }
}
