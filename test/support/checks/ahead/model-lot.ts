import { HOUR, MINUTE } from '../../../../src/platform/time/durations.js';
import type { BookingStatus } from '../../../../src/parking/reservations/states.js';
import type { Policy } from '../../../../src/parking/policies/policy.js';
import { type Claims, smallestAtRisk, type Span } from './brute-force.js';

export interface ModelDriver {
  readonly bookings: ModelBooking[];
}

export interface ModelLot {
  /** In the order of their numbers. */
  readonly spots: { readonly number: number; isRetired: boolean }[];
  readonly bookings: ModelBooking[];
  /** In minor units per started hour. */
  price: number;
  policy: Policy;
  isDeleted: boolean;
}

/** A booking of the model. Instants in ms, money in minor units. */
export interface ModelBooking {
  readonly driver: ModelDriver;
  readonly lot: ModelLot;
  readonly policy: Policy;
  readonly createdAt: number;
  /** The id that the program assigned; 0 until the booking is stored. */
  id: number;
  status: BookingStatus;
  price: number;
  window: Span | null;
  parkedAt: number | null;
  leftAt: number | null;
  endedAt: number | null;
  cost: number | null;
  /** The number of the spot on which the car is. */
  spot: number | null;
  isAtRisk: boolean;
}

/** A booking that is not checked in. */
export type Planned = ModelBooking & { readonly window: Span };

export function isPlanned(booking: ModelBooking): booking is Planned {
  return booking.status === 'held' || booking.status === 'reserved';
}

export function isLive(booking: ModelBooking): boolean {
  return isPlanned(booking) || booking.status === 'active';
}

export function plannedIn({ bookings }: ModelLot): readonly Planned[] {
  return bookings.filter(isPlanned);
}

export function currentSpots({ spots }: ModelLot): readonly number[] {
  return spots.filter(({ isRetired }) => !isRetired).map(({ number }) => number);
}

export function carOn({ bookings }: ModelLot, spot: number): ModelBooking | undefined {
  return bookings.find((booking) => booking.status === 'active' && booking.spot === spot);
}

/** The end of the claim of a parked car. */
export function claimEnd({ parkedAt, window, policy }: ModelBooking, now: number): number {
  const step = policy.walk_in_minutes * MINUTE;
  let end = window?.until ?? (parkedAt ?? 0) + step;
  while (end <= now) end += step;
  return end;
}

/** The claims of the cars that are parked in the lot, and of the given bookings. */
export function claimsOf<B extends Span>(
  lot: ModelLot,
  bookings: readonly B[],
  now: number,
): Claims<B> {
  const spots = currentSpots(lot).map((spot) => {
    const car = carOn(lot, spot);
    return car ? claimEnd(car, now) : null;
  });
  return { spots, bookings };
}

/** Decides which bookings of the lot are at risk. */
export function updateAtRisk(lot: ModelLot, now: number): void {
  const planned = plannedIn(lot);
  const spans = planned.map((booking) => ({ ...booking.window, booking }));
  const risky = new Set([...smallestAtRisk(claimsOf(lot, spans, now))].map((span) => span.booking));
  for (const booking of lot.bookings) booking.isAtRisk = isPlanned(booking) && risky.has(booking);
}

/** When a hold ends unless it is confirmed; null for other bookings. */
export function holdEnd(booking: ModelBooking): number | null {
  if (booking.status !== 'held' || !booking.window) return null;
  const { policy, createdAt } = booking;
  return Math.min(missedAt(booking.window, policy), createdAt + policy.hold_minutes * MINUTE);
}

/** When a booking that is not checked in ends by time alone. */
export function lapsesAt(booking: Planned): number {
  return holdEnd(booking) ?? missedAt(booking.window, booking.policy);
}

/** When the booking of a driver who has not arrived becomes a no-show. */
export function missedAt({ from, until }: Span, policy: Policy): number {
  return Math.min(from + policy.no_show_after_minutes * MINUTE, until);
}

/** When cancelling starts to cost a fee; null if it is free at any time. */
export function freeUntil(booking: Planned): number | null {
  if (booking.status === 'held' || booking.isAtRisk) return null;
  return booking.window.from - booking.policy.free_cancel_minutes * MINUTE;
}

/** The price of the span: the price per hour for each started hour. */
export function priceOf(span: Span, price: number): number {
  let total = price;
  for (let end = span.from + HOUR; end < span.until; end += HOUR) total += price;
  return total;
}

/** A percentage of the price of the window, rounded half up. */
export function feeOf({ window, price }: Planned, percent: number): number {
  return Math.floor((priceOf(window, price) * percent + 50) / 100);
}

/** The cost of the stay if the parked driver leaves at `leftAt`. */
export function costAt({ window, parkedAt, price, policy }: ModelBooking, leftAt: number): number {
  const start = parkedAt ?? leftAt;
  if (!window) return priceOf({ from: start, until: leftAt }, price);
  const grace = policy.overstay_grace_minutes * MINUTE;
  const until = leftAt > window.until + grace ? leftAt : window.until;
  return priceOf({ from: Math.min(start, window.from), until }, price);
}

/** Ends a booking that is not checked in. */
export function endBooking(
  booking: ModelBooking,
  ended: Pick<ModelBooking, 'status' | 'endedAt' | 'cost'>,
): void {
  Object.assign(booking, { ...ended, isAtRisk: false });
}

/** The windows of bookings that have a spot. */
export function claimedSpans(lot: ModelLot, except?: ModelBooking): readonly Span[] {
  return plannedIn(lot)
    .filter((booking) => booking !== except && !booking.isAtRisk)
    .map(({ window }) => window);
}

/** Retires spots without a car, the highest numbers first; adds retired ones first, then new ones. */
export function resizeTo(lot: ModelLot, numberOfSpots: number): void {
  for (const spot of lot.spots.toReversed()) {
    if (currentSpots(lot).length > numberOfSpots && !carOn(lot, spot.number)) spot.isRetired = true;
  }
  for (const spot of lot.spots) {
    if (currentSpots(lot).length < numberOfSpots) spot.isRetired = false;
  }
  while (currentSpots(lot).length < numberOfSpots) {
    lot.spots.push({ number: lot.spots.length + 1, isRetired: false });
  }
}
