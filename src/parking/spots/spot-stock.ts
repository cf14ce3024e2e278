import type { Tx } from '../../platform/database/tx.js';

/** How many spots of a lot are added or retired, and when. */
interface Stock {
  readonly lotId: number;
  readonly count: number;
  readonly now: Date;
}

/** Number of the lot's spots with a parked car. */
export async function countOccupied(tx: Tx, lotId: number): Promise<number> {
  const [row] = await tx.sql<{ occupied: number }[]>`
    SELECT COUNT(*) AS occupied FROM reservations WHERE lot_id = ${lotId} AND left_at IS NULL`;
  return row?.occupied ?? 0;
}

/**
 * Adds `count` spots to the lot: retired ones return first, the lowest numbers first; then new ones
 * follow the highest number that the lot ever had.
 */
export async function addSpots(tx: Tx, { lotId, count, now }: Stock): Promise<void> {
  const updated = await tx.sql<{ id: number }[]>`
    UPDATE spots SET retired_at = NULL
    WHERE id IN (
      SELECT id FROM spots WHERE lot_id = ${lotId} AND retired_at IS NOT NULL
      ORDER BY number LIMIT ${count}
    )
    RETURNING id`;
  const missing = count - updated.length;
  await tx.sql`
    WITH RECURSIVE
      last (number) AS (SELECT COALESCE(MAX(number), 0) FROM spots WHERE lot_id = ${lotId}),
      added (step) AS (
        SELECT 1 WHERE ${missing} > 0
        UNION ALL SELECT step + 1 FROM added WHERE step < ${missing}
      )
    INSERT INTO spots (lot_id, number, status, created_at)
    SELECT ${lotId}, last.number + added.step, 'A', ${now.getTime()} FROM last, added`;
}

/** Retires `count` free spots, the highest numbers first. The caller ensures that enough are free. */
export async function retireSpots(tx: Tx, { lotId, count, now }: Stock): Promise<void> {
  await tx.sql`
    UPDATE spots SET retired_at = ${now.getTime()}
    WHERE id IN (
      SELECT id FROM spots
      WHERE lot_id = ${lotId} AND status = 'A' AND retired_at IS NULL
      ORDER BY number DESC LIMIT ${count}
    )`;
}
