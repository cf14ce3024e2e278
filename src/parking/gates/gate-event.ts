import type { Queryable } from '../../platform/database/queryable.js';
import { part, raw, type SqlFragment } from '../../platform/database/sql/sql.js';
import type { Tx } from '../../platform/database/tx.js';
import { DAY } from '../../platform/time/durations.js';
import {
  hasShownEventPlate,
  type PlateCutoff,
  shownEventPlate,
} from '../vehicles/plate-retention.js';
import type { GateDirection } from './gate.js';
import {
  CLOCK_DIFFERENCE,
  type Decision,
  type GateAction,
  type GateReason,
  type Passage,
} from './passage.js';

/** How long a repeated event gets the first response, in ms. */
const REPEATABLE_FOR = 7 * DAY;

/** What happened at a gate, and what was decided. Instants in ms, money in minor units. */
export interface GateEvent {
  readonly id: number;
  readonly gateId: number;
  readonly lotId: number;
  /** The direction of the car, or of the gate if an operator opened it. */
  readonly direction: GateDirection;
  /** Null if an operator opened the gate. */
  readonly eventId: string | null;
  /** The plate as the camera sent it, or as the operator entered it. Null if it is unknown or was deleted. */
  readonly plate: string | null;
  readonly at: number;
  readonly receivedAt: number;
  readonly action: GateAction;
  readonly reason: GateReason;
  /** The booking of the car; for a refused exit, the booking of an entry that was received later. */
  readonly bookingId: number | null;
  readonly spotNumber: number | null;
  readonly cost: number | null;
  /** Why an operator opened the gate; otherwise null. */
  readonly note: string | null;
}

export type NewGateEvent = Omit<GateEvent, 'id'> & { readonly plateKey: string | null };

function gateEvents(cutoff: PlateCutoff): SqlFragment {
  return part`
    SELECT e.id, e.gate_id AS "gateId", e.lot_id AS "lotId", e.direction, e.event_id AS "eventId",
      ${shownEventPlate(cutoff)} AS plate, e.at, e.received_at AS "receivedAt", e.action, e.reason,
      e.booking_id AS "bookingId", e.spot_number AS "spotNumber", e.cost, e.note
    FROM gate_events e`;
}

/** Stores the event and returns its id. */
export async function insertEvent(tx: Tx, event: NewGateEvent): Promise<number> {
  const [row] = await tx.sql<{ id: number }[]>`
    INSERT INTO gate_events (gate_id, lot_id, direction, event_id, plate, plate_key, at, received_at,
      action, reason, booking_id, spot_number, cost, note)
    VALUES (${event.gateId}, ${event.lotId}, ${event.direction}, ${event.eventId}, ${event.plate},
      ${event.plateKey}, ${event.at}, ${event.receivedAt}, ${event.action}, ${event.reason},
      ${event.bookingId}, ${event.spotNumber}, ${event.cost}, ${event.note})
    RETURNING id`;
  if (!row) throw new Error('The event was not inserted');
  return row.id;
}

/** The stored decision on an event that the gate sent before, within `REPEATABLE_FOR`. */
export async function findRepeated(
  source: Queryable,
  { gateId, eventId }: { readonly gateId: number; readonly eventId: string },
  now: number,
): Promise<(Decision & Pick<GateEvent, 'direction'>) | undefined> {
  type Repeated = Omit<Decision, 'changedDrivers'> & Pick<GateEvent, 'direction'>;
  const [row] = await source.sql<(Repeated & { readonly driver: number | null })[]>`
    SELECT direction, action, reason, booking_id AS "bookingId", spot_number AS "spotNumber", cost,
      (SELECT user_id FROM reservations WHERE id = booking_id) AS driver
    FROM gate_events
    WHERE gate_id = ${gateId} AND event_id = ${eventId} AND received_at > ${now - REPEATABLE_FOR}
    ORDER BY received_at DESC LIMIT 1`;
  if (!row) return undefined;
  const { driver, ...event } = row;
  // A refused exit may have got a booking since; the first response had none.
  const bookingId = event.action === 'open' ? event.bookingId : null;
  return { ...event, bookingId, changedDrivers: driver === null ? [] : [driver] };
}

/** The `at` of the plate's first `ALREADY_IN` entry to the lot after the exit. */
export async function findNextEntry(
  tx: Tx,
  { lotId, plateKey, at, now }: Passage,
): Promise<number | undefined> {
  const [entry] = await tx.sql<{ at: number }[]>`
    SELECT at FROM gate_events
    WHERE plate_key = ${plateKey} AND at > ${at} AND at <= ${now} AND lot_id = ${lotId}
      AND direction = 'in' AND reason = 'ALREADY_IN'
    ORDER BY at LIMIT 1`;
  return entry?.at;
}

/**
 * The `at` of the plate's first entry to the lot, between its previous exit and this exit, that has no
 * stay because the driver had parked again before the entry was received.
 */
export async function findLostEntry(
  tx: Tx,
  { lotId, plateKey, at }: Passage,
): Promise<number | undefined> {
  const [entry] = await tx.sql<{ at: number }[]>`
    SELECT entry.at FROM gate_events entry
    LEFT JOIN reservations stay ON stay.id = entry.booking_id
    WHERE entry.plate_key = ${plateKey} AND entry.at < ${at} AND entry.lot_id = ${lotId}
      AND entry.direction = 'in'
      AND entry.at >= COALESCE((
        SELECT MAX(at) FROM gate_events
        WHERE plate_key = ${plateKey} AND at < ${at} AND lot_id = ${lotId} AND direction = 'out'), 0)
      AND ((entry.reason = 'PARKED_ELSEWHERE' AND entry.received_at > entry.at)
        OR (entry.reason = 'ALREADY_IN' AND stay.parked_at > entry.at + ${CLOCK_DIFFERENCE}))
    ORDER BY entry.at LIMIT 1`;
  return entry?.at;
}

export async function findEvent(
  source: Queryable,
  id: number,
  cutoff: PlateCutoff,
): Promise<GateEvent | undefined> {
  const [event] = await source.sql<GateEvent[]>`${gateEvents(cutoff)} WHERE e.id = ${id}`;
  return event;
}

/** What an operator searches for; undefined fields do not restrict the search. */
export interface EventSearch {
  readonly gateId?: number;
  readonly plateKey?: string;
  readonly action?: GateAction;
  readonly after?: { readonly receivedAt: number; readonly id: number };
  readonly limit: number;
  readonly plateCutoff: PlateCutoff;
}

/** Events, the latest received first. */
export function searchEvents(source: Queryable, search: EventSearch): Promise<GateEvent[]> {
  const { gateId, plateKey, action, after, limit, plateCutoff } = search;
  const { receivedAt = Number.MAX_SAFE_INTEGER, id = Number.MAX_SAFE_INTEGER } = after ?? {};
  const conditions: readonly SqlFragment[] = [
    ...(gateId === undefined ? [] : [part`AND e.gate_id = ${gateId}`]),
    ...(plateKey === undefined
      ? []
      : [part`AND e.plate_key = ${plateKey} AND ${hasShownEventPlate(plateCutoff)}`]),
    ...(action === undefined ? [] : [part`AND e.action = ${action}`]),
  ];
  const all = conditions.reduce((joined, next) => part`${joined} ${next}`, raw(''));
  return source.sql<GateEvent[]>`
    ${gateEvents(plateCutoff)} WHERE (e.received_at, e.id) < (${receivedAt}, ${id}) ${all}
    ORDER BY e.received_at DESC, e.id DESC LIMIT ${limit}`;
}
