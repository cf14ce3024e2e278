import { createHash } from 'node:crypto';
import type { Tx } from '../tx.js';

/**
 * Takes PostgreSQL's advisory lock with this key until the transaction ends, unless it would have to
 * wait. Returns whether the unit of work has the lock: always on SQLite, where units run one after another.
 */
export async function tryAdvisoryLock(tx: Tx, lockKey: bigint): Promise<boolean> {
  if (tx.dialect !== 'postgres') return true;
  const [row] = await tx.sql<{ locked: boolean }[]>`
    SELECT pg_try_advisory_xact_lock(${lockKey.toString()}::bigint) AS locked`;
  return row?.locked === true;
}

/**
 * Waits for PostgreSQL's advisory lock with this name, and holds it until the transaction ends. Does
 * nothing on SQLite, where units of work run one after another.
 */
export async function takeAdvisoryLock(tx: Tx, name: string): Promise<void> {
  if (tx.dialect !== 'postgres') return;
  const key = createHash('sha256').update(name).digest().readBigInt64BE();
  await tx.sql`SELECT pg_advisory_xact_lock(${key.toString()}::bigint)`;
}
