import { type PlateCutoff, shownEventPlate } from '../../parking/vehicles/plate-retention.js';
import type { BookingView } from '../../parking/reservations/booking-queries.js';
import type { ReservationsService } from '../../parking/reservations/reservations.service.js';
import { STATUSES } from '../../parking/reservations/states.js';
import type { Queryable } from '../../platform/database/queryable.js';
import { list } from '../../platform/database/sql/sql.js';
import { encodeCursor } from '../../platform/page.js';
import { PAGE_ROWS, type Pages, pagesOf } from './pages.js';

/** What happened at a gate to a booking; instants in ms, money in minor units. */
export interface GateEventRow {
  readonly id: number;
  readonly gateId: number;
  readonly lotId: number;
  readonly direction: string;
  readonly plate: string | null;
  readonly at: number;
  readonly receivedAt: number;
  readonly action: string;
  readonly reason: string;
  readonly bookingId: number;
  readonly spotNumber: number | null;
  readonly cost: number | null;
}

interface BookingId {
  readonly id: number;
  readonly startsAt: number;
}

/** A position before every booking, in a list that begins with the latest. */
const BEFORE_ALL: BookingId = { id: Number.MAX_SAFE_INTEGER, startsAt: Number.MAX_SAFE_INTEGER };

/** The driver's bookings of every status, the latest start first. */
export async function* bookingPages(
  reservations: ReservationsService,
  userId: number,
): Pages<BookingView> {
  let cursor: string | undefined;
  do {
    const page = await reservations.list(userId, { limit: PAGE_ROWS, cursor }, STATUSES);
    yield page.items;
    cursor = page.next && encodeCursor(page.next);
    await new Promise(setImmediate);
  } while (cursor !== undefined);
}

/** The ids of the driver's bookings. */
export function bookingIds(database: Queryable, userId: number): Pages<BookingId> {
  return pagesOf(
    (last = BEFORE_ALL) =>
      database.sql<BookingId[]>`
      SELECT id, parked_at AS "startsAt" FROM reservations
      WHERE user_id = ${userId} AND (parked_at, id) < (${last.startsAt}, ${last.id})
      ORDER BY parked_at DESC, id DESC LIMIT ${PAGE_ROWS}`,
  );
}

/**
 * Events of the driver's bookings. Leaves out events without a booking: anyone can list a plate, so a
 * plate does not prove whose car it was.
 */
export async function* gateEventPages(
  database: Queryable,
  userId: number,
  cutoff: PlateCutoff,
): Pages<GateEventRow> {
  for await (const page of bookingIds(database, userId)) {
    const events = await database.sql<GateEventRow[]>`
      SELECT id, gate_id AS "gateId", lot_id AS "lotId", direction,
        ${shownEventPlate(cutoff)} AS plate, at,
        received_at AS "receivedAt", action, reason, booking_id AS "bookingId",
        spot_number AS "spotNumber", cost
      FROM gate_events e WHERE booking_id IN (${list(page.map(({ id }) => id))}) ORDER BY id`;
    if (events.length > 0) yield events;
  }
}
