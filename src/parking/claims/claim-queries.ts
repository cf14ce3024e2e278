import type { Tx } from '../../platform/database/tx.js';
import { part, raw, type SqlFragment } from '../../platform/database/sql/sql.js';
import { WALK_IN_TIME } from '../lots/lot-queries.js';
import type { LotClaims, Window } from './lot-claims.js';

/**
 * SQL for the end of a parked car's claim; the row `r` is joined with `policies`. It is the stored end,
 * or the end of the window, or `walk_in_minutes` after parking. If that instant has passed, it is extended by
 * `walk_in_minutes` at a time until it is in the future.
 */
export function parkedUntil(now: number): SqlFragment {
  const step = part`(${WALK_IN_TIME})`;
  // The cast makes this an integer division: better-sqlite3 binds every number as floating point.
  const end = part`COALESCE(r.claim_until, r.reserved_until, r.parked_at + ${step})`;
  return part`CASE WHEN ${end} > ${now} THEN ${end}
    ELSE ${end} + ((CAST(${now} AS bigint) - ${end}) / ${step} + 1) * ${step} END`;
}

/**
 * All claims in the lot from `now` (ms) on. The caller must have locked the lot's row.
 * @param except the id of a booking that is left out
 */
export async function readLotClaims(
  tx: Tx,
  lotId: number,
  now: number,
  except = 0,
): Promise<LotClaims> {
  const spots = await tx.sql<{ id: number }[]>`
    SELECT id FROM spots WHERE lot_id = ${lotId} AND retired_at IS NULL ORDER BY number`;
  const parked = await tx.sql<{ spotId: number; until: number }[]>`
    SELECT r.spot_id AS "spotId", ${parkedUntil(now)} AS until
    FROM reservations r LEFT JOIN policies ON policies.id = r.policy_id
    WHERE r.lot_id = ${lotId} AND r.left_at IS NULL AND r.id <> ${except}`;
  const bookings = await tx.sql<
    { id: number; from: number; until: number; spotId: number | null }[]
  >`
    SELECT id, reserved_from AS "from", reserved_until AS until,
      CASE WHEN claim_from IS NULL THEN NULL ELSE spot_id END AS "spotId"
    FROM reservations
    WHERE lot_id = ${lotId} AND status IN ('held', 'reserved') AND id <> ${except}`;
  return { spots: spots.map(({ id }) => id), parked, bookings };
}

/** Whether a booking of the lot claims no spot. */
export async function hasBookingsAtRisk(tx: Tx, lotId: number): Promise<boolean> {
  const rows = await tx.sql`
    SELECT 1 FROM reservations
    WHERE lot_id = ${lotId} AND claim_from IS NULL AND status IN ('held', 'reserved') LIMIT 1`;
  return rows.length > 0;
}

/**
 * The lot's spot with the lowest number that nothing claims in the window; undefined if there is none,
 * or if a booking is at risk: then only a plan of the whole lot shows whether there is room.
 * @param except the id of a booking whose claim does not count
 * @param only the id of the only spot in question
 */
export async function findFreeSpot(
  tx: Tx,
  lot: {
    readonly id: number;
    readonly now: number;
    readonly except: number;
    readonly only?: number;
  },
  window: Window,
): Promise<{ readonly id: number; readonly parkedUntil: number | null } | undefined> {
  const { except, only } = lot;
  const [spot] = await tx.sql<{ id: number; parkedUntil: number | null }[]>`
    SELECT spots.id, car.until AS "parkedUntil"
    FROM spots
    LEFT JOIN (
      SELECT r.spot_id, r.id, ${parkedUntil(lot.now)} AS until
      FROM reservations r LEFT JOIN policies ON policies.id = r.policy_id
      WHERE r.lot_id = ${lot.id} AND r.left_at IS NULL
    ) AS car ON car.spot_id = spots.id
    WHERE spots.lot_id = ${lot.id} AND spots.retired_at IS NULL
      AND (car.until IS NULL OR car.until <= ${window.from})
      AND NOT EXISTS (
        SELECT 1 FROM reservations
        WHERE spot_id = spots.id AND claim_from < ${window.until} AND claim_until > ${window.from}
          AND claim_from IS NOT NULL AND id <> ${except})
      AND NOT EXISTS (
        SELECT 1 FROM reservations WHERE lot_id = ${lot.id} AND claim_from IS NULL
          AND status IN ('held', 'reserved') AND id <> ${except})
      ${only === undefined ? raw('') : part`AND spots.id = ${only}`}
    ORDER BY spots.number LIMIT 1`;
  return spot;
}
