import { raw, type SqlFragment } from '../sql/sql.js';
import type { Tx } from '../tx.js';

export type RowLock =
  'FOR UPDATE' | 'FOR UPDATE SKIP LOCKED' | 'FOR NO KEY UPDATE' | 'FOR KEY SHARE';

/**
 * The clause that locks the rows of a SELECT on PostgreSQL, where units of work run concurrently.
 * Empty on SQLite, where they run one after another.
 */
export function rowLock({ dialect }: Tx, lock: RowLock): SqlFragment {
  return raw(dialect === 'postgres' ? lock : '');
}
