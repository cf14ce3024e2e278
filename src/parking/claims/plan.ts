import { bookingsAtRisk } from './at-risk.js';
import { inOrderOfStart, type LotClaims, type Window } from './lot-claims.js';

/**
 * The spot of each booking by its id; null for those at risk. Parked cars keep their spots, and
 * claim them from now on. The bookings are assigned in order of their start, each to a spot that is
 * free by then: its current one if possible. This order finds a spot for all bookings, unless at
 * some moment there are more claims than spots.
 */
export function planSpots(claims: LotClaims): ReadonlyMap<number, number | null> {
  const { spots, parked, bookings } = claims;
  const freeFrom = new Map<number, number>(spots.map((spot) => [spot, Number.NEGATIVE_INFINITY]));
  for (const { spotId, until } of parked) freeFrom.set(spotId, until);
  const risky = bookingsAtRisk(claims);
  const plan = new Map<number, number | null>();
  for (const booking of inOrderOfStart(bookings)) {
    const { id, from, until, spotId } = booking;
    if (risky.has(booking)) {
      plan.set(id, null);
      continue;
    }
    const isFree = (spot: number) => (freeFrom.get(spot) ?? Number.POSITIVE_INFINITY) <= from;
    const spot = spotId !== null && isFree(spotId) ? spotId : spots.find(isFree);
    if (spot === undefined) throw new Error(`No spot is left for booking ${id}`);
    freeFrom.set(spot, until);
    plan.set(id, spot);
  }
  return plan;
}

/**
 * Whether, at some moment of the window, bookings and parked cars claim at least as many spots as the
 * lot has. Bookings at risk count.
 */
export function isFull({ spots, parked, bookings }: LotClaims, window: Window): boolean {
  const inside = bookings.filter(({ from, until }) => from < window.until && until > window.from);
  // The number of claims grows only when one begins, so the maximum is at one of these moments.
  const moments = [window.from, ...inside.map(({ from }) => Math.max(from, window.from))];
  const ends = [...inside, ...parked].map(({ until }) => until).sort((a, b) => a - b);
  const begins = [...inside.map(({ from }) => from), ...parked.map(() => Number.NEGATIVE_INFINITY)];
  begins.sort((a, b) => a - b);
  moments.sort((a, b) => a - b);
  let [begun, ended] = [0, 0];
  return moments.some((moment) => {
    while (begun < begins.length && (begins[begun] ?? 0) <= moment) begun += 1;
    while (ended < ends.length && (ends[ended] ?? 0) <= moment) ended += 1;
    return begun - ended >= spots.length;
  });
}

/** The highest number of claims at any moment. */
export function peakOf({ parked, bookings }: LotClaims): number {
  const moments = [Number.NEGATIVE_INFINITY, ...bookings.map(({ from }) => from)];
  const counts = moments.map((moment) => {
    const cars = parked.filter(({ until }) => until > moment).length;
    return cars + bookings.filter(({ from, until }) => from <= moment && moment < until).length;
  });
  return Math.max(...counts);
}
