import type { Queryable } from '../../platform/database/queryable.js';
import { list, part, raw, type SqlFragment } from '../../platform/database/sql/sql.js';
import { joinCurrentTariff } from '../lots/lot-queries.js';
import { type AsOf, hasShownPlate, shownPlate } from '../vehicles/plate-retention.js';
import type { BookingStatus } from './states.js';

/**
 * A reservation with the current names of its lot and spot, as a row: instants in ms, money in
 * minor units.
 */
export interface BookingRow {
  readonly id: number;
  readonly status: BookingStatus;
  /** Null, like the spot's number, while the booking is at risk. */
  readonly spotId: number | null;
  readonly spotNumber: number | null;
  readonly lotId: number;
  readonly lotName: string;
  readonly address: string;
  readonly userId: number;
  /** Start of the stay or, before check-in, of the window. Lists are sorted by it. */
  readonly startsAt: number;
  /** Null before check-in. */
  readonly parkedAt: number | null;
  /** Null unless completed. */
  readonly leftAt: number | null;
  /** The window of a booking ahead; null for a walk-in. */
  readonly reservedFrom: number | null;
  readonly reservedUntil: number | null;
  /** Never later than the moment at which a reservation becomes a no-show; null unless held. */
  readonly holdExpiresAt: number | null;
  /** When the booking was cancelled, expired or became a no-show; otherwise null. */
  readonly endedAt: number | null;
  /** When time alone next changes the booking; null if nothing will. */
  readonly dueAt: number | null;
  /** The hourly price agreed at booking, or the tariff's price per hour. */
  readonly pricePerHour: number;
  /** The version of the tariff agreed at booking, which is charged; null for the hourly price. */
  readonly tariffId: number | null;
  /** IANA name; null for the installation's time zone. */
  readonly lotTimeZone: string | null;
  /** The lot's current price. */
  readonly currentPrice: number;
  /** The policy agreed at booking; null for the default. */
  readonly policyId: number | null;
  /** Null while active; the fee if the booking had no stay. */
  readonly cost: number | null;
  readonly vehicleNumber: string | null;
  readonly remarks: string | null;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface BookingView extends BookingRow {
  /** What an active reservation costs if the driver leaves now, in minor units. */
  readonly costSoFar?: number;
}

interface HistoryRange {
  readonly userId: number;
  /** At least one status. */
  readonly statuses: readonly BookingStatus[];
  /** Only reservations after this one in the list. */
  readonly after?: { readonly startsAt: number; readonly id: number };
  readonly limit: number;
  readonly asOf: AsOf;
}

/** SQL condition on `r`: a booking ahead that claims no spot. */
const AT_RISK = "(r.status IN ('held', 'reserved') AND r.claim_from IS NULL)";

/** Selects bookings as of `now`, which determines the current price of each lot. */
function bookingViews({ now, plateCutoff }: AsOf): SqlFragment {
  return part`
    SELECT r.id, r.status, CASE WHEN ${raw(AT_RISK)} THEN NULL ELSE r.spot_id END AS "spotId",
      CASE WHEN ${raw(AT_RISK)} THEN NULL ELSE spots.number END AS "spotNumber",
      r.lot_id AS "lotId", lots.name AS "lotName", lots.address, r.user_id AS "userId",
      r.parked_at AS "startsAt",
      CASE WHEN r.status IN ('active', 'completed') THEN r.parked_at END AS "parkedAt",
      CASE WHEN r.status = 'completed' THEN r.left_at END AS "leftAt",
      r.reserved_from AS "reservedFrom", r.reserved_until AS "reservedUntil",
      CASE WHEN r.status = 'held' THEN r.lapses_at END AS "holdExpiresAt", r.ended_at AS "endedAt", r.due_at AS "dueAt",
      r.price_per_hour AS "pricePerHour", r.tariff_id AS "tariffId",
      lots.time_zone AS "lotTimeZone", r.policy_id AS "policyId",
      COALESCE(tariff.price_per_hour, lots.price_per_hour) AS "currentPrice", r.cost,
      ${shownPlate(plateCutoff)} AS "vehicleNumber", r.remarks, r.created_at AS "createdAt",
      r.updated_at AS "updatedAt"
    FROM reservations r
    JOIN spots ON spots.id = r.spot_id
    JOIN lots ON lots.id = r.lot_id
    ${joinCurrentTariff(now)}`;
}

/** A position before every reservation: the newest come first. */
const BEFORE_ALL = { startsAt: Number.MAX_SAFE_INTEGER, id: Number.MAX_SAFE_INTEGER };

/** The reservation with that id, of any driver. */
export async function findBooking(
  source: Queryable,
  id: number,
  asOf: AsOf,
): Promise<BookingRow | undefined> {
  const [booking] = await source.sql<BookingRow[]>`${bookingViews(asOf)} WHERE r.id = ${id}`;
  return booking;
}

export async function findActiveBooking(
  source: Queryable,
  userId: number,
  asOf: AsOf,
): Promise<BookingRow | undefined> {
  const [booking] = await source.sql<BookingRow[]>`
    ${bookingViews(asOf)} WHERE r.user_id = ${userId} AND r.left_at IS NULL`;
  return booking;
}

/** A driver's reservations, the latest start first. */
export function listBookings(source: Queryable, range: HistoryRange): Promise<BookingRow[]> {
  const { userId, statuses, after = BEFORE_ALL, limit, asOf } = range;
  return source.sql<BookingRow[]>`
    ${bookingViews(asOf)}
    WHERE r.user_id = ${userId} AND (r.parked_at, r.id) < (${after.startsAt}, ${after.id})
      AND r.status IN (${list(statuses)})
    ORDER BY r.parked_at DESC, r.id DESC LIMIT ${limit}`;
}

/** What an operator searches for; undefined fields do not restrict the search. Instants in ms. */
export interface BookingSearch {
  readonly lotId?: number;
  readonly userId?: number;
  readonly statuses: readonly BookingStatus[];
  /** Also selects bookings at risk, even if `statuses` does not include theirs. */
  readonly isAtRisk: boolean;
  /** The key of a plate. */
  readonly plateKey?: string;
  /** Only bookings whose time overlaps the period from `from` to `until`. */
  readonly from?: number;
  readonly until?: number;
  readonly after?: HistoryRange['after'];
  readonly limit: number;
  readonly asOf: AsOf;
}

/** Bookings of all drivers, the latest start first. */
export function searchBookings(source: Queryable, search: BookingSearch): Promise<BookingRow[]> {
  const { lotId, userId, from, until, after = BEFORE_ALL, limit, asOf } = search;
  const conditions = [
    ...(lotId === undefined ? [] : [part`AND r.lot_id = ${lotId}`]),
    ...(userId === undefined ? [] : [part`AND r.user_id = ${userId}`]),
    ...(until === undefined ? [] : [part`AND r.parked_at < ${until}`]),
    ...(from === undefined ? [] : [part`AND (r.left_at IS NULL OR r.left_at > ${from})`]),
    ...(search.plateKey === undefined ? [] : [hasPlate(search.plateKey, asOf)]),
  ];
  const inList =
    search.statuses.length > 0 ? part`r.status IN (${list(search.statuses)})` : raw('FALSE');
  const status = search.isAtRisk ? part`${inList} OR ${raw(AT_RISK)}` : inList;
  const all = conditions.reduce((joined, next) => part`${joined} ${next}`, raw(''));
  return source.sql<BookingRow[]>`
    ${bookingViews(asOf)}
    WHERE (r.parked_at, r.id) < (${after.startsAt}, ${after.id})
      AND (${status}) ${all}
    ORDER BY r.parked_at DESC, r.id DESC LIMIT ${limit}`;
}

function hasPlate(plateKey: string, { plateCutoff }: AsOf): SqlFragment {
  return part`AND r.plate_key = ${plateKey} AND ${hasShownPlate(plateCutoff)}`;
}
