import type { Tx } from './tx.js';

/**
 * Reads and writes through the transaction and does nothing else: no network, no hashing, no waiting,
 * no effect outside the database. It may run more than once. What has to follow the commit is
 * registered with {@link Tx.afterCommit}.
 */
export type UnitOfWork<T> = (tx: Tx) => Promise<T>;

/**
 * A unit found that what it read before its first lock is outdated. The runner of PostgreSQL rolls it back,
 * which releases its locks, and runs it again; on SQLite, units run one after another, so none throws this.
 */
export class LostRace extends Error {}

/** The only way to write: all work of a unit becomes durable together, or none of it. */
export abstract class TransactionRunner {
  /**
   * Runs the unit and returns its result once its work is committed and synced to disk.
   * @throws the unit's error, after its work (and no other unit's) is rolled back.
   */
  abstract run<T>(unit: UnitOfWork<T>): Promise<T>;
}
