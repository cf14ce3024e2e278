import type { BookingView } from '../reservations/booking-queries.js';

/** Why a gate opens. */
export const OPENING_REASONS = [
  'CHECKED_IN',
  'BOOKED',
  'ALREADY_IN',
  'RELEASED',
  'BY_HAND',
] as const;
/** Why a gate stays closed. */
export const REFUSALS = [
  'UNKNOWN_PLATE',
  'LOT_FULL',
  'DISABLED_ACCOUNT',
  'TOO_EARLY',
  'PARKED_ELSEWHERE',
  'NOT_PARKED',
] as const;

export type Refusal = (typeof REFUSALS)[number];
export type GateReason = (typeof OPENING_REASONS)[number] | Refusal;

export const GATE_ACTIONS = ['open', 'refuse'] as const;
export type GateAction = (typeof GATE_ACTIONS)[number];

/** In which direction a car passes. */
export type PassageDirection = 'in' | 'out';

/** A car at a gate of the lot. Instants in ms. */
export interface Passage {
  readonly lotId: number;
  readonly plateKey: string;
  /** When the car was seen, which is not after now. */
  readonly at: number;
  readonly now: number;
}

/** What the program decided. */
export interface Decision {
  readonly action: GateAction;
  readonly reason: GateReason;
  readonly bookingId: number | null;
  /** Of an entry. */
  readonly spotNumber: number | null;
  /** Of an exit, in minor units. */
  readonly cost: number | null;
  /** Whose bookings have changed. */
  readonly changedDrivers: readonly number[];
}

export function refuse(reason: Refusal): Decision {
  const nothing = { bookingId: null, spotNumber: null, cost: null, changedDrivers: [] };
  return { action: 'refuse', reason, ...nothing };
}

export function openForEntry(
  reason: 'CHECKED_IN' | 'BOOKED',
  { id, spotNumber, userId }: BookingView,
): Decision {
  return {
    action: 'open',
    reason,
    bookingId: id,
    spotNumber,
    cost: null,
    changedDrivers: [userId],
  };
}
