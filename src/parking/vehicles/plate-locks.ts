import { createHash } from 'node:crypto';
import { takeAdvisoryLock } from '../../platform/database/locks/advisory-lock.js';
import type { Queryable } from '../../platform/database/queryable.js';
import { part, type SqlFragment } from '../../platform/database/sql/sql.js';
import type { Tx } from '../../platform/database/tx.js';

/**
 * Number of locks that all plates share. It bounds how many a unit takes for a driver who has used
 * thousands of plates: PostgreSQL keeps the locks of all transactions in a table of fixed size.
 */
const LOCKS = 1024;

/**
 * Locks the plates until the unit ends, so that decisions at gates about one plate and the erasure of its
 * driver run one after another. The order of the locks prevents deadlocks between units. Call it before
 * locking lots, accounts or bookings. Does nothing on SQLite, where units run one after another.
 */
export async function lockPlates(tx: Tx, plateKeys: Iterable<string>): Promise<void> {
  const names = new Set([...plateKeys].map(lockName));
  for (const name of [...names].toSorted()) await takeAdvisoryLock(tx, name);
}

/** A subquery: the keys of the plates of the driver's vehicles and bookings. */
export function plateKeysOf(userId: number): SqlFragment {
  return part`(
    SELECT plate_key FROM vehicles WHERE user_id = ${userId}
    UNION SELECT plate_key FROM reservations WHERE user_id = ${userId} AND plate_key IS NOT NULL)`;
}

/** The keys of the plates of the driver's vehicles and bookings. */
export async function readPlateKeys(source: Queryable, userId: number): Promise<string[]> {
  const rows = await source.sql<{ plateKey: string }[]>`
    SELECT plate_key AS "plateKey" FROM ${plateKeysOf(userId)} AS plates`;
  return rows.map(({ plateKey }) => plateKey);
}

function lockName(plateKey: string): string {
  const digest = createHash('sha256').update(plateKey).digest();
  return `plate ${digest.readUInt32BE() % LOCKS}`;
}
