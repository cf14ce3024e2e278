import type { Tx } from '../../../platform/database/tx.js';
import type { BookingStatus } from '../states.js';
import type { Agreement } from '../../tariffs/versions/agreed-tariffs.js';

/** What a walk-in depends on. */
interface ParkingState {
  /** Whether the driver is parked. */
  readonly isParked: boolean;
  /** Whether the lot has bookings that are not checked in. */
  readonly hasBookingsAhead: boolean;
}

export async function hasBookingsAhead(tx: Tx, lotId: number): Promise<boolean> {
  const rows = await tx.sql`
    SELECT 1 FROM reservations WHERE lot_id = ${lotId} AND status IN ('held', 'reserved') LIMIT 1`;
  return rows.length > 0;
}

/** Reads the state of the driver and of the lot in one statement, without a lock. */
export async function readParkingState(
  tx: Tx,
  userId: number,
  lotId: number,
): Promise<ParkingState> {
  const [state] = await tx.sql<{ parked: number; ahead: number }[]>`
    SELECT CASE WHEN EXISTS (
        SELECT 1 FROM reservations WHERE user_id = ${userId} AND left_at IS NULL)
      THEN 1 ELSE 0 END AS parked,
      CASE WHEN EXISTS (
        SELECT 1 FROM reservations WHERE lot_id = ${lotId} AND status IN ('held', 'reserved'))
      THEN 1 ELSE 0 END AS ahead`;
  return { isParked: state?.parked === 1, hasBookingsAhead: state?.ahead === 1 };
}

/** What the charge of a stay depends on. Instants in ms. */
export interface Stay extends Agreement {
  readonly lotId: number;
  readonly status: BookingStatus;
  readonly spotId: number;
  readonly parkedAt: number;
  readonly reservedFrom: number | null;
  readonly reservedUntil: number | null;
  readonly policyId: number | null;
  readonly hasBookingsAhead: boolean;
}

/** The driver's booking; undefined if there is no such booking. */
export async function readStay(tx: Tx, userId: number, id: number): Promise<Stay | undefined> {
  const [row] = await tx.sql<(Omit<Stay, 'hasBookingsAhead'> & { readonly ahead: number })[]>`
    SELECT r.lot_id AS "lotId", r.status, r.spot_id AS "spotId", r.parked_at AS "parkedAt",
      r.reserved_from AS "reservedFrom", r.reserved_until AS "reservedUntil",
      r.price_per_hour AS "pricePerHour", r.tariff_id AS "tariffId", r.policy_id AS "policyId",
      lots.time_zone AS "lotTimeZone",
      CASE WHEN EXISTS (
        SELECT 1 FROM reservations a WHERE a.lot_id = r.lot_id AND a.status IN ('held', 'reserved'))
      THEN 1 ELSE 0 END AS ahead
    FROM reservations r JOIN lots ON lots.id = r.lot_id
    WHERE r.id = ${id} AND r.user_id = ${userId}`;
  return row && { ...row, hasBookingsAhead: row.ahead === 1 };
}

/**
 * The start of a stay in ms: now, or the given instant, which is in the past, but never before the end
 * of the driver's last stay.
 */
export async function startOfStay(
  tx: Tx,
  arrival: {
    readonly userId: number;
    readonly at?: number;
    /** The end of a stay that is over already: later stays of the driver do not delay its start. */
    readonly endedBy?: number;
  },
  now: number,
): Promise<number> {
  const { userId, at, endedBy = now } = arrival;
  if (at === undefined) return now;
  // The plus keeps SQLite from using the index by start, which would require a sort by end.
  const [last] = await tx.sql<{ leftAt: number }[]>`
    SELECT left_at AS "leftAt" FROM reservations
    WHERE user_id = ${userId} AND left_at IS NOT NULL AND status = 'completed'
      AND +parked_at <= ${endedBy}
    ORDER BY left_at DESC LIMIT 1`;
  return Math.max(Math.min(at, now), last?.leftAt ?? 0);
}
