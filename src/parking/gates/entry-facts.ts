import { list, part } from '../../platform/database/sql/sql.js';
import type { Tx } from '../../platform/database/tx.js';
import { DAY, MINUTE } from '../../platform/time/durations.js';
import type { AgreedPolicies } from '../policies/agreed-policies.js';
import { CLOCK_DIFFERENCE, isLater, type Passage } from './passage.js';
import { findHolder, type PlateHolder } from './plate-holder.js';

/** The maximum of a policy's times before and after the start of a window, in ms. */
const LONGEST_TIME = 7 * DAY;

/** Maximum time between the events of two cameras that see the same arrival, in ms. */
const SAME_ARRIVAL = MINUTE;

/** A reservation of the plate in the lot, or a no-show. Instants in ms. */
export interface PlateReservation {
  readonly id: number;
  readonly userId: number;
  readonly status: 'reserved' | 'no_show';
  /** When the driver's account was disabled; null if it is enabled. */
  readonly disabledAt: number | null;
  readonly reservedFrom: number;
  /** When checking in becomes possible. */
  readonly earliest: number;
  /** When walk-ins no longer get the spot of the reservation. */
  readonly claimedFrom: number;
  readonly lapsesAt: number;
}

/** A car that is parked, or that has parked and left since the entry. */
export interface ParkedCar {
  readonly id: number;
  readonly userId: number;
  readonly lotId: number;
  readonly plateKey: string | null;
  readonly parkedAt: number;
  /** Null while the car is parked. */
  readonly leftAt: number | null;
  readonly spotNumber: number;
}

/** An exit of the plate from the lot, after the entry, that ended no stay. */
export interface LaterExit {
  readonly eventId: number;
  readonly at: number;
}

/** What happened after an entry that was received late. */
interface LaterEvents {
  /** The stay that the entry belongs to, if it is over. */
  readonly earlier?: { readonly id: number; readonly spotNumber: number };
  /** The later exit of the same car, if it ended no stay. */
  readonly exit?: LaterExit;
}

/** What the decision on an entry depends on. */
export interface EntryFacts extends LaterEvents {
  readonly holder: PlateHolder | undefined;
  /** In order of their start. */
  readonly reservations: readonly PlateReservation[];
  /**
   * Cars in this lot with the plate, and cars in any lot of the drivers in `holder` and `reservations`. May
   * contain duplicates.
   */
  readonly parked: readonly ParkedCar[];
}

export async function readEntryFacts(
  tx: Tx,
  passage: Passage,
  policies: AgreedPolicies,
): Promise<EntryFacts> {
  const holder = await findHolder(tx, passage.plateKey);
  const reservations = await readReservations(tx, passage, policies);
  const drivers = [...(holder ? [holder] : []), ...reservations].map(({ userId }) => userId);
  const parked = await readParked(tx, passage, drivers);
  const laterEvents = passage.at < passage.now ? await readLaterEvents(tx, passage) : {};
  return { holder, reservations, parked, ...laterEvents };
}

/** The reservations of the plate, without those that were made after the car was seen. */
async function readReservations(
  tx: Tx,
  passage: Passage,
  policies: AgreedPolicies,
): Promise<PlateReservation[]> {
  const { lotId, plateKey, at } = passage;
  const rows = await tx.sql<
    {
      id: number;
      userId: number;
      status: PlateReservation['status'];
      reservedFrom: number;
      lapsesAt: number;
      policyId: number | null;
      disabledAt: number | null;
      createdAt: number;
    }[]
  >`
    SELECT r.id, r.user_id AS "userId", r.status, r.reserved_from AS "reservedFrom",
      r.lapses_at AS "lapsesAt", r.policy_id AS "policyId", accounts.disabled_at AS "disabledAt",
      r.created_at AS "createdAt"
    FROM reservations r JOIN accounts ON accounts.id = r.user_id
    WHERE r.plate_key = ${plateKey} AND r.lot_id = ${lotId} AND r.status IN ('reserved', 'no_show')
      AND r.parked_at > ${at - LONGEST_TIME} AND r.parked_at <= ${at + LONGEST_TIME}
      AND r.lapses_at > ${at}`;
  const reservations: PlateReservation[] = [];
  for (const { reservedFrom, policyId, createdAt, ...row } of rows) {
    if (isLater(createdAt, passage)) continue;
    const policy = await policies.find(tx, policyId);
    reservations.push({
      ...row,
      reservedFrom,
      earliest: reservedFrom - policy.early_arrival_minutes * MINUTE,
      claimedFrom: reservedFrom - policy.walk_in_minutes * MINUTE,
    });
  }
  return reservations.toSorted((a, b) => a.reservedFrom - b.reservedFrom || a.id - b.id);
}

function readParked(
  tx: Tx,
  { lotId, plateKey, at, now }: Passage,
  drivers: readonly number[],
): Promise<ParkedCar[]> {
  const car = part`
    SELECT r.id, r.user_id AS "userId", r.lot_id AS "lotId", r.plate_key AS "plateKey",
      r.parked_at AS "parkedAt", r.left_at AS "leftAt", spots.number AS "spotNumber"
    FROM reservations r JOIN spots ON spots.id = r.spot_id`;
  const parked = part`${car} WHERE r.left_at IS NULL`;
  const left = part`${car} WHERE r.parked_at > ${at} AND r.parked_at <= ${now + CLOCK_DIFFERENCE}
    AND r.status = 'completed'`;
  const here = part`AND r.plate_key = ${plateKey} AND r.lot_id = ${lotId}`;
  const theirs = part`AND r.user_id IN (${list(drivers.length > 0 ? [...new Set(drivers)] : [0])})`;
  const isLate = at < now;
  return tx.sql<ParkedCar[]>`
    ${parked} ${here} UNION ALL ${parked} ${theirs}
    ${isLate ? part`UNION ALL ${left} ${here} UNION ALL ${left} ${theirs}` : part``}`;
}

async function readLaterEvents(tx: Tx, passage: Passage): Promise<LaterEvents> {
  const exit = await findExit(tx, passage);
  if (exit?.earlier) return exit;
  const earlier = await findSameArrival(tx, passage);
  return earlier ? { earlier } : (exit ?? {});
}

/**
 * The first exit after the entry that either ended the stay which the entry belongs to, or ended no stay
 * and belongs to no other entry. An exit that ended no stay was refused, or its response repeated an
 * earlier stay. An exit more than a minute ahead of now is from before the clock was set back, and is
 * ignored.
 */
async function findExit(
  tx: Tx,
  { lotId, plateKey, at, now }: Passage,
): Promise<LaterEvents | undefined> {
  const [row] = await tx.sql<
    { eventId: number; at: number; id: number | null; spotNumber: number; leftAt: number | null }[]
  >`
    SELECT e.id AS "eventId", e.at, stay.id, spots.number AS "spotNumber", stay.left_at AS "leftAt"
    FROM gate_events e
    LEFT JOIN reservations stay ON stay.id = e.booking_id
    LEFT JOIN spots ON spots.id = stay.spot_id
    WHERE e.plate_key = ${plateKey} AND e.at > ${at} AND e.at <= ${now + MINUTE}
      AND e.lot_id = ${lotId} AND e.direction = 'out'
      AND ((e.reason = 'NOT_PARKED' AND e.booking_id IS NULL)
        OR (e.reason IN ('NOT_PARKED', 'RELEASED') AND stay.left_at > ${at}
          AND stay.parked_at <= ${at + SAME_ARRIVAL})
        OR (e.reason = 'RELEASED' AND stay.left_at <= ${at} AND NOT EXISTS (
          SELECT 1 FROM gate_events entry
          WHERE entry.plate_key = e.plate_key AND entry.at >= stay.left_at AND entry.at < e.at
            AND entry.lot_id = e.lot_id AND entry.direction = 'in'
            AND entry.booking_id <> stay.id)))
    ORDER BY e.at, e.id LIMIT 1`;
  if (!row) return undefined;
  const { eventId, id, spotNumber, leftAt } = row;
  if (id !== null && leftAt !== null && leftAt > at) return { earlier: { id, spotNumber } };
  return { exit: { eventId, at: row.at } };
}

/** The stay that another camera has begun for the same arrival, and that its driver has ended in the app. */
async function findSameArrival(
  tx: Tx,
  { lotId, plateKey, at }: Passage,
): Promise<LaterEvents['earlier']> {
  const [stay] = await tx.sql<{ id: number; spotNumber: number }[]>`
    SELECT stay.id, spots.number AS "spotNumber"
    FROM gate_events e
    JOIN reservations stay ON stay.id = e.booking_id
    JOIN spots ON spots.id = stay.spot_id
    WHERE e.plate_key = ${plateKey} AND e.lot_id = ${lotId} AND e.direction = 'in'
      AND e.at BETWEEN ${at - SAME_ARRIVAL} AND ${at + SAME_ARRIVAL}
      AND stay.status = 'completed' AND stay.left_at > ${at}
      AND stay.parked_at <= ${at + SAME_ARRIVAL}
    ORDER BY e.at, e.id LIMIT 1`;
  return stay;
}
