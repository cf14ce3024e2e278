import type { Queryable } from '../../platform/database/queryable.js';
import { raw } from '../../platform/database/sql.js';

/**
 * A reservation with the current names of its lot and spot, as a row: instants in ms, money in
 * minor units.
 */
export interface BookingView {
  readonly id: number;
  readonly spotId: number;
  readonly spotNumber: number;
  readonly lotId: number;
  readonly lotName: string;
  readonly address: string;
  readonly userId: number;
  readonly parkedAt: number;
  /** Null while active. */
  readonly leftAt: number | null;
  /** The price agreed at booking, which is charged. */
  readonly pricePerHour: number;
  /** The lot's current price. */
  readonly currentPrice: number;
  /** Null while active. */
  readonly cost: number | null;
  readonly vehicleNumber: string | null;
  readonly remarks: string | null;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export type BookingStatus = 'active' | 'completed';

interface HistoryRange {
  readonly userId: number;
  /** Undefined: both. */
  readonly status?: BookingStatus;
  /** Only reservations after this one in the list. */
  readonly after?: { readonly parkedAt: number; readonly id: number };
  readonly limit: number;
}

const BOOKING_VIEW = `
  SELECT r.id, r.spot_id AS "spotId", spots.number AS "spotNumber", r.lot_id AS "lotId",
    lots.name AS "lotName", lots.address, r.user_id AS "userId", r.parked_at AS "parkedAt",
    r.left_at AS "leftAt", r.price_per_hour AS "pricePerHour",
    lots.price_per_hour AS "currentPrice", r.cost, r.vehicle_number AS "vehicleNumber", r.remarks,
    r.created_at AS "createdAt", r.updated_at AS "updatedAt"
  FROM reservations r
  JOIN spots ON spots.id = r.spot_id
  JOIN lots ON lots.id = r.lot_id`;

/** A position before every reservation: the newest come first. */
const BEFORE_ALL = { parkedAt: Number.MAX_SAFE_INTEGER, id: Number.MAX_SAFE_INTEGER };

/** The reservation with that id, of any driver. */
export async function findBooking(source: Queryable, id: number): Promise<BookingView | undefined> {
  const [booking] = await source.sql<BookingView[]>`${raw(BOOKING_VIEW)} WHERE r.id = ${id}`;
  return booking;
}

export async function findActiveBooking(
  source: Queryable,
  userId: number,
): Promise<BookingView | undefined> {
  const [booking] = await source.sql<BookingView[]>`
    ${raw(BOOKING_VIEW)} WHERE r.user_id = ${userId} AND r.left_at IS NULL`;
  return booking;
}

/** A driver's reservations, newest first. */
export function listBookings(source: Queryable, range: HistoryRange): Promise<BookingView[]> {
  const { userId, status, after = BEFORE_ALL, limit } = range;
  return source.sql<BookingView[]>`
    ${raw(BOOKING_VIEW)}
    WHERE r.user_id = ${userId} AND (r.parked_at, r.id) < (${after.parkedAt}, ${after.id})
      ${raw(statusFilter(status))}
    ORDER BY r.parked_at DESC, r.id DESC LIMIT ${limit}`;
}

function statusFilter(status: BookingStatus | undefined): string {
  if (status === undefined) return '';
  return status === 'active' ? 'AND r.left_at IS NULL' : 'AND r.left_at IS NOT NULL';
}
