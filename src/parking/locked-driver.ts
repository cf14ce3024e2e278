import { rowLock } from '../platform/database/locks/row-lock.js';
import type { Tx } from '../platform/database/tx.js';
import { DriverErased } from './errors.js';

/**
 * Locks the driver until the unit ends, so that changes of the vehicles, of the bookings ahead and of
 * the account wait for each other.
 * @throws DriverErased
 */
export async function lockDriver(tx: Tx, userId: number): Promise<void> {
  const accounts = await tx.sql`
    SELECT id FROM accounts WHERE id = ${userId} AND erased_at IS NULL
    ${rowLock(tx, 'FOR NO KEY UPDATE')}`;
  if (accounts.length === 0) throw new DriverErased();
}
