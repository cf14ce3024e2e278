import { setTimeout as sleep } from 'node:timers/promises';
import type { ClientBase } from 'pg';
import { type DataSource, QueryFailedError, type QueryRunner } from 'typeorm';
import { isDatabaseOutage } from '../outages.js';
import type { Tx } from '../tx.js';
import { PostgresTx } from './postgres-tx.js';
import { LostRace, TransactionRunner, type UnitOfWork } from '../transaction-runner.js';
import { hasErrorCode } from '../../errors/error-text.js';

const MAX_ATTEMPTS = 6;
/**
 * The mean pause before the first retry, in milliseconds; doubled before each retry. The pause is
 * random, so that the same two units do not collide again.
 */
const FIRST_PAUSE = 5;

/**
 * Runs each unit on a pooled connection, and retries the whole unit after a serialization failure,
 * a deadlock or a {@link LostRace}.
 */
export class PostgresTransactionRunner extends TransactionRunner {
  constructor(private readonly source: DataSource) {
    super();
  }

  override async run<T>(unit: UnitOfWork<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const { result, tx } = await this.runOnce(unit);
        await tx.runEffects();
        return result;
      } catch (error) {
        if (attempt === MAX_ATTEMPTS || !isLostRace(error)) throw error;
        await sleep(Math.random() * FIRST_PAUSE * 2 ** attempt);
      }
    }
  }

  private async runOnce<T>(unit: UnitOfWork<T>): Promise<{ result: T; tx: Tx }> {
    const runner = this.source.createQueryRunner();
    try {
      await runner.startTransaction();
      const client = (await runner.connect()) as ClientBase;
      const tx = new PostgresTx(this.source, runner.manager, client);
      const result = await unit(tx).finally(() => tx.end());
      await runner.commitTransaction();
      return { result, tx };
    } catch (error) {
      // A connection that does not respond would not respond to a rollback either.
      if (isDatabaseOutage(error)) discard(runner, error);
      else if (!runner.isReleased) await runner.rollbackTransaction();
      throw error;
    } finally {
      await runner.release();
    }
  }
}

/** Closes the connection instead of giving it back to the pool; its transaction ends with it. */
function discard(runner: QueryRunner, reason: unknown): void {
  // TypeORM does the same on a lost connection, but has no public method for it.
  void (runner as DiscardableRunner).releasePostgresConnection(reason);
}

type DiscardableRunner = QueryRunner & {
  releasePostgresConnection(error: unknown): Promise<void>;
};

/** After a serialization failure or a deadlock, PostgreSQL requires clients to retry the whole transaction. */
function isLostRace(error: unknown): boolean {
  if (error instanceof LostRace) return true;
  const cause: unknown = error instanceof QueryFailedError ? error.driverError : error;
  return hasErrorCode(cause, '40001', '40P01');
}
