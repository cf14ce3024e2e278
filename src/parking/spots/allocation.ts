import type { EntityManager } from 'typeorm';
import { returnedRows } from '../../common/database/returned-rows.js';
import { rowLock } from '../../common/database/row-lock.js';

export interface AllocatedSpot {
  readonly id: number;
  readonly number: number;
}

/**
 * Occupies the lot's free spot with the lowest number, in one statement, so that no two drivers can
 * be given the same one; on PostgreSQL without waiting for those who are being given theirs.
 * Undefined where none is free.
 */
export async function allocateSpot(
  tx: EntityManager,
  lotId: number,
): Promise<AllocatedSpot | undefined> {
  const updated = await tx.sql<AllocatedSpot[]>`
    UPDATE spots SET status = 'O'
    WHERE id = (
      SELECT id FROM spots
      WHERE lot_id = ${lotId} AND status = 'A' AND retired_at IS NULL
      ORDER BY number LIMIT 1 ${rowLock(tx, 'FOR UPDATE SKIP LOCKED')}
    )
    RETURNING id, number`;
  return returnedRows(updated)[0];
}

/** Makes an occupied spot available again. */
export async function freeSpot(tx: EntityManager, spotId: number): Promise<void> {
  await tx.sql`UPDATE spots SET status = 'A' WHERE id = ${spotId}`;
}
