import type { Tx } from '../../platform/database/tx.js';
import { type RowLock, rowLock } from '../../platform/database/locks/row-lock.js';

export interface AllocatedSpot {
  readonly id: number;
  readonly number: number;
}

/**
 * Occupies the lot's free spot with the lowest number in one statement, so that no two drivers get
 * the same spot. Undefined if no spot is free.
 *
 * On PostgreSQL the first attempt skips spots that concurrent transactions are allocating. If no other
 * spot is free, the second attempt waits for these transactions, because they may roll back.
 */
export async function allocateSpot(tx: Tx, lotId: number): Promise<AllocatedSpot | undefined> {
  return (
    (await allocate(tx, lotId, 'FOR UPDATE SKIP LOCKED')) ??
    (await allocate(tx, lotId, 'FOR UPDATE'))
  );
}

async function allocate(tx: Tx, lotId: number, lock: RowLock): Promise<AllocatedSpot | undefined> {
  const [spot] = await tx.sql<AllocatedSpot[]>`
    UPDATE spots SET status = 'O'
    WHERE id = (
      SELECT id FROM spots
      WHERE lot_id = ${lotId} AND status = 'A' AND retired_at IS NULL
      ORDER BY number LIMIT 1 ${rowLock(tx, lock)}
    )
    RETURNING id, number`;
  return spot;
}

/** Occupies the spot, which must be free. */
export async function occupySpot(tx: Tx, spotId: number): Promise<void> {
  const occupied = await tx.sql`
    UPDATE spots SET status = 'O' WHERE id = ${spotId} AND status = 'A' RETURNING id`;
  if (occupied.length === 0) throw new Error(`Spot ${spotId} is not free, contrary to the plan`);
}

/** Frees an occupied spot. */
export async function freeSpot(tx: Tx, spotId: number): Promise<void> {
  await tx.sql`UPDATE spots SET status = 'A' WHERE id = ${spotId}`;
}
