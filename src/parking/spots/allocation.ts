import type { Tx } from '../../platform/database/tx.js';
import { type RowLock, rowLock } from '../../platform/database/row-lock.js';

export interface AllocatedSpot {
  readonly id: number;
  readonly number: number;
}

/**
 * Occupies the lot's free spot with the lowest number, in one statement, so that no two drivers can
 * be given the same one. Undefined where none is free.
 *
 * On PostgreSQL nobody waits for those who are being given theirs; only where all that is left is
 * held by others, who may yet roll back, do we wait and see.
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

/** Makes an occupied spot available again. */
export async function freeSpot(tx: Tx, spotId: number): Promise<void> {
  await tx.sql`UPDATE spots SET status = 'A' WHERE id = ${spotId}`;
}
