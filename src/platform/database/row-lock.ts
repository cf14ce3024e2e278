import type { EntityManager } from 'typeorm';

export type RowLock = 'FOR UPDATE' | 'FOR UPDATE SKIP LOCKED' | 'FOR SHARE' | 'FOR KEY SHARE';

/**
 * The clause that locks the rows of a SELECT on PostgreSQL, where units of work run side by side.
 * On SQLite, where one runs after the other, there is nothing to lock.
 */
export function rowLock(tx: EntityManager, lock: RowLock): () => string {
  return () => (tx.dataSource.options.type === 'postgres' ? lock : '');
}
