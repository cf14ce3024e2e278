import type { Queryable } from '../../platform/database/queryable.js';
import { part, raw, type SqlFragment } from '../../platform/database/sql/sql.js';
import { MINUTE } from '../../platform/time/durations.js';
import { DEFAULT_POLICY } from '../policies/policy.js';

/** A lot with its current occupancy, as a row: instants in ms, money in minor units. */
export interface LotView {
  readonly id: number;
  readonly name: string;
  readonly address: string;
  readonly pinCode: string;
  /** The price per hour of the current tariff or, without a tariff, of the lot. */
  readonly pricePerHour: number;
  /** The current version of the lot's tariff; null if the lot charges the price per hour. */
  readonly tariffId: number | null;
  /** IANA name; null for the installation's time zone. */
  readonly timeZone: string | null;
  /** Both in degrees, or both null. */
  readonly latitude: number | null;
  readonly longitude: number | null;
  readonly numberOfSpots: number;
  /** Spots with a parked car. */
  readonly parked: number;
  /** Spots without a parked car that a booking claims within `walk_in_minutes`. */
  readonly reserved: number;
  readonly createdAt: number;
  readonly updatedAt: number;
}

interface LotRange {
  /** Only lots with a greater id. */
  readonly afterId: number;
  readonly limit: number;
  /** In ms since 1970 UTC; determines which version of a tariff is current. */
  readonly now: number;
}

/** Joins the version of each lot's tariff that applies at the instant (ms), as `tariff`. */
export function joinCurrentTariff(now: number): SqlFragment {
  return part`LEFT JOIN tariffs AS tariff ON tariff.lot_id = lots.id
    AND tariff.ends_at > ${now} AND tariff.valid_from <= ${now}`;
}

/** How long a walk-in claims its spot, in ms: SQL for a row joined with `policies`. */
export const WALK_IN_TIME = raw(
  `CAST(COALESCE(policies.walk_in_minutes, ${DEFAULT_POLICY.walk_in_minutes}) AS bigint) * ${MINUTE}`,
);

/** SQL for the taken spots of `lots` (joined with `policies`) at an instant (ms): `parked` and `reserved`. */
export function takenSpots(now: number): SqlFragment {
  return part`
      (SELECT COUNT(*) FROM reservations WHERE lot_id = lots.id AND left_at IS NULL) AS parked,
      (SELECT COUNT(*) FROM reservations r
        WHERE r.lot_id = lots.id AND r.status IN ('held', 'reserved')
          AND r.claim_from < ${now} + ${WALK_IN_TIME}
          AND NOT EXISTS (
            SELECT 1 FROM reservations earlier
            WHERE earlier.spot_id = r.spot_id AND earlier.claim_from < r.claim_from
              AND earlier.claim_from IS NOT NULL)
          AND NOT EXISTS (
            SELECT 1 FROM reservations car WHERE car.spot_id = r.spot_id AND car.left_at IS NULL))
        AS reserved`;
}

function lotViews(now: number): SqlFragment {
  return part`
    SELECT lots.id, name, address, pin_code AS "pinCode",
      COALESCE(tariff.price_per_hour, lots.price_per_hour) AS "pricePerHour",
      tariff.id AS "tariffId", lots.time_zone AS "timeZone", latitude, longitude,
      number_of_spots AS "numberOfSpots", lots.created_at AS "createdAt", lots.updated_at AS "updatedAt",
      ${takenSpots(now)}
    FROM lots LEFT JOIN policies ON policies.id = lots.policy_id
    ${joinCurrentTariff(now)}
    WHERE retired_at IS NULL`;
}

/** Whether the lot exists and is not retired. */
export async function lotExists(source: Queryable, id: number): Promise<boolean> {
  const rows = await source.sql`SELECT 1 FROM lots WHERE id = ${id} AND retired_at IS NULL`;
  return rows.length > 0;
}

/** The lot; undefined if it does not exist or is retired. `now` in ms. */
export async function findLotView(
  source: Queryable,
  id: number,
  now: number,
): Promise<LotView | undefined> {
  const [lot] = await source.sql<LotView[]>`${lotViews(now)} AND lots.id = ${id}`;
  return lot;
}

/** Lots that are not retired, by id. */
export function listLotViews(
  source: Queryable,
  { afterId, limit, now }: LotRange,
): Promise<LotView[]> {
  return source.sql<LotView[]>`
    ${lotViews(now)} AND lots.id > ${afterId} ORDER BY lots.id LIMIT ${limit}`;
}

/** All lots that are not retired, by id. `now` in ms. */
export function listAllLotViews(source: Queryable, now: number): Promise<LotView[]> {
  return source.sql<LotView[]>`${lotViews(now)} ORDER BY lots.id`;
}

/** Whether the lot has a spot that is neither taken nor claimed. */
export function hasFreeSpot({ parked, reserved, numberOfSpots }: LotView): boolean {
  // This is not a condition in SQL, because SQLite would then count the reservations twice.
  return parked + reserved < numberOfSpots;
}

/** All lots with a free spot, by id. `now` in ms. */
export async function listAvailableLotViews(source: Queryable, now: number): Promise<LotView[]> {
  return (await listAllLotViews(source, now)).filter(hasFreeSpot);
}

/** The first instant after `now` (ms) at which time alone changes a booking or a lot's free spots. */
export async function nextClaimChange(source: Queryable, now: number): Promise<number | undefined> {
  const [row] = await source.sql<{ due: number | null; counts: number | null }[]>`
    SELECT (
        SELECT due_at FROM reservations WHERE due_at >= 0 ORDER BY due_at LIMIT 1) AS due,
      MIN((
        SELECT r.claim_from FROM reservations r
        WHERE r.lot_id = lots.id AND r.status IN ('held', 'reserved')
          AND r.claim_from >= ${now} + ${WALK_IN_TIME}
        ORDER BY r.claim_from LIMIT 1) - ${WALK_IN_TIME} + 1) AS counts
    FROM lots LEFT JOIN policies ON policies.id = lots.policy_id WHERE lots.retired_at IS NULL`;
  const moments = [row?.due, row?.counts].filter((moment) => typeof moment === 'number');
  return moments.length > 0 ? Math.min(...moments) : undefined;
}
