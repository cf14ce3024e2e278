import type { Tx } from '../tx.js';

/**
 * Tries to take PostgreSQL's advisory lock with that key until the transaction ends, without waiting.
 * Returns whether this unit of work has it. On SQLite units run one after another, so it always has.
 */
export async function tryAdvisoryLock(tx: Tx, lockKey: bigint): Promise<boolean> {
  if (tx.dialect !== 'postgres') return true;
  const [row] = await tx.sql<{ locked: boolean }[]>`
    SELECT pg_try_advisory_xact_lock(${lockKey.toString()}::bigint) AS locked`;
  return row?.locked === true;
}
