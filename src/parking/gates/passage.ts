import { ValidationFailed } from '../../platform/errors/coded-error.js';
import { DAY, MINUTE } from '../../platform/time/durations.js';
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

/** The direction in which a car passes. */
export type PassageDirection = 'in' | 'out';

/** A car at a gate of the lot. Instants in ms. */
export interface Passage {
  readonly lotId: number;
  readonly plateKey: string;
  /** When the car was seen, which is not after now. */
  readonly at: number;
  readonly now: number;
}

/** How late an event may arrive, in ms. */
export const MAX_DELAY = DAY;
/** By how much the clocks of cameras and of instances may differ, in ms. */
export const CLOCK_DIFFERENCE = MINUTE;

/**
 * Whether the instant is more than a minute after the car was seen. False if it is also more than a
 * minute ahead of now: such an instant is from before the clock was set back.
 */
export function isLater(instant: number, { at, now }: Passage): boolean {
  return instant > at + CLOCK_DIFFERENCE && instant <= now + CLOCK_DIFFERENCE;
}

/** What the program decided. */
export interface Decision {
  readonly action: GateAction;
  readonly reason: GateReason;
  readonly bookingId: number | null;
  /** The spot of the car; null unless the gate opens for an entry. */
  readonly spotNumber: number | null;
  /** The cost of the stay that an exit ends, in minor units; null if there is none. */
  readonly cost: number | null;
  /** The drivers whose bookings have changed. */
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

/** When the car was seen. @throws ValidationFailed if that is too long ago, or too far ahead */
export function momentOf(seenAt: number | undefined, now: number): number {
  if (seenAt === undefined) return now;
  if (seenAt < now - MAX_DELAY) throw invalidMoment('at must be within the last 24 hours');
  if (seenAt > now + CLOCK_DIFFERENCE) throw invalidMoment('at must be at most one minute ahead');
  return Math.min(seenAt, now);
}

function invalidMoment(message: string): ValidationFailed {
  return new ValidationFailed([{ field: 'at', message }]);
}
