import type { FlaskReservationRow } from '../source/rows.js';
import { type Instant, readInstant } from './instant.js';

/** The instants of a booking; undefined where they cannot be read. */
export interface BookingInstants {
  /** When it began; where that cannot be read, the next best instant of the row. */
  readonly parked: Instant | undefined;
  readonly isParkedStated: boolean;
  readonly left: Instant | undefined;
  readonly created: Instant | undefined;
  readonly updated: Instant | undefined;
}

export function readBookingInstants(row: FlaskReservationRow): BookingInstants {
  const stated = readInstant(row.parking_timestamp);
  const created = readInstant(row.created_at);
  const updated = readInstant(row.updated_at);
  const left = readInstant(row.leaving_timestamp);
  const parked = stated ?? created ?? updated ?? left;
  return { parked, isParkedStated: stated !== undefined, left, created, updated };
}
