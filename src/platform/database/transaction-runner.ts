import type { EntityManager } from 'typeorm';

/**
 * Reads and writes through the given manager and does nothing else: no network, no hashing, no
 * waiting, no effect outside of the database. It may run more than once.
 */
export type UnitOfWork<T> = (tx: EntityManager) => Promise<T>;

/** The only way to write: everything that a unit of work does becomes durable together, or not. */
export abstract class TransactionRunner {
  /**
   * Runs the unit and answers when its work is committed and synced to disk.
   * @throws whatever the unit throws, after its work (and no other's) is rolled back.
   */
  abstract run<T>(unit: UnitOfWork<T>): Promise<T>;
}
