import { HOUR } from '../../../src/platform/time/durations.js';
import type { BookingRow } from './snapshot.js';

/** A booking ahead as a response returned it, or as it is stored. Instants in ms. */
export interface AheadState {
  readonly lotId: number;
  readonly vehicle: string;
  readonly status: string;
  readonly from: number;
  readonly until: number;
  /** In minor units, null while parked; undefined if no response contained it. */
  readonly cost?: number | null;
  /** When time ends the booking; undefined if no response contained it. */
  readonly lapsesAt?: number;
}

export function stateOf(row: BookingRow): AheadState {
  return {
    lotId: row.lot_id,
    vehicle: row.vehicle_number,
    status: row.status,
    from: row.reserved_from ?? NaN,
    until: row.reserved_until ?? NaN,
    cost: row.cost,
    lapsesAt: row.lapses_at ?? undefined,
  };
}

/** The status that time alone leads to. */
const LAPSED: Readonly<Record<string, string>> = { held: 'expired', reserved: 'no_show' };

/** Whether `state` equals `found`, or time alone has changed it to `found` by the instant `now` (ms). */
export function mayBecome(state: AheadState, found: AheadState, now: number): boolean {
  const fields = ['lotId', 'vehicle', 'from', 'until'] as const;
  if (fields.some((field) => state[field] !== found[field])) return false;
  if (state.status === found.status) {
    return state.cost === undefined || state.cost === found.cost;
  }
  return LAPSED[state.status] === found.status && (found.lapsesAt ?? Infinity) <= now;
}

/** What the booking must cost in minor units by the policies of the test, charged once; null while parked. */
export function feeOf(row: BookingRow): number | null {
  const { status, price_per_hour: price, reserved_from: from, reserved_until: until } = row;
  const window = Math.ceil(((until ?? 0) - (from ?? 0)) / HOUR) * price;
  if (status === 'active') return null;
  // Each stay is short, so it is charged for its whole window.
  if (status === 'completed' || status === 'no_show') return window;
  // Half of the price, rounded half up, if a reservation is cancelled within an hour of its start.
  const isReservation = row.hold_expires_at === null;
  const isLate = isReservation && (row.ended_at ?? 0) >= (from ?? 0) - HOUR;
  return status === 'cancelled' && isLate ? Math.floor((window + 1) / 2) : 0;
}
