import type { FlaskReservationRow } from '../source/rows.js';
import { type ParsedInstant, readInstant } from './instant.js';

/** The instants of a booking; undefined if unreadable. */
export interface BookingInstants {
  /** Start of the booking; if it is unreadable, another instant of the row. */
  readonly parked: ParsedInstant | undefined;
  readonly isParkedStated: boolean;
  readonly left: ParsedInstant | undefined;
  readonly created: ParsedInstant | undefined;
  readonly updated: ParsedInstant | undefined;
}

export function readBookingInstants(row: FlaskReservationRow): BookingInstants {
  const stated = readInstant(row.parking_timestamp);
  const created = readInstant(row.created_at);
  const updated = readInstant(row.updated_at);
  const left = readInstant(row.leaving_timestamp);
  const parked = stated ?? created ?? updated ?? left;
  return { parked, isParkedStated: stated !== undefined, left, created, updated };
}
