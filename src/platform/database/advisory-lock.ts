import type { EntityManager } from 'typeorm';

/**
 * Whether this unit of work is the only one that is in the section of that number (a 64-bit
 * integer), until its transaction ends; never waits. On SQLite, where one unit runs after the other,
 * it always is.
 */
export async function tryAdvisoryLock(tx: EntityManager, lockKey: bigint): Promise<boolean> {
  if (tx.dataSource.options.type !== 'postgres') return true;
  const [row] = await tx.sql<{ entered: boolean }[]>`
    SELECT pg_try_advisory_xact_lock(${lockKey.toString()}::bigint) AS entered`;
  return row?.entered === true;
}
