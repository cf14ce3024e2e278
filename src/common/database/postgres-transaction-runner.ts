import { setTimeout as sleep } from 'node:timers/promises';
import { type DataSource, QueryFailedError } from 'typeorm';
import { TransactionRunner, type UnitOfWork } from './transaction-runner.js';

const MAX_ATTEMPTS = 6;
/** In milliseconds; doubled each time, and random, so that the same two do not meet again. */
const FIRST_PAUSE = 5;

/** Each unit has a pooled connection of its own; one that lost against another is run again, whole. */
export class PostgresTransactionRunner extends TransactionRunner {
  constructor(private readonly source: DataSource) {
    super();
  }

  override async run<T>(unit: UnitOfWork<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.source.transaction(unit);
      } catch (error) {
        if (attempt === MAX_ATTEMPTS || !isLostRace(error)) throw error;
        await sleep(Math.random() * FIRST_PAUSE * 2 ** attempt);
      }
    }
  }
}

/** Serialization failure or deadlock: PostgreSQL asks for the whole transaction to be tried again. */
function isLostRace(error: unknown): boolean {
  const cause: unknown = error instanceof QueryFailedError ? error.driverError : error;
  if (!(cause instanceof Error) || !('code' in cause)) return false;
  return cause.code === '40001' || cause.code === '40P01';
}
