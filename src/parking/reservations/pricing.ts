import { HOUR } from '../../platform/time/durations.js';

/** A stay from parking to leaving. Its length depends on no time zone and no clock change. */
export interface Stay {
  readonly parkedAt: Date;
  readonly leftAt: Date;
}

/** The dwell time in milliseconds; 0 if the clock was set back. */
export function dwellTime({ parkedAt, leftAt }: Stay): number {
  return Math.max(0, leftAt.getTime() - parkedAt.getTime());
}

/**
 * Charged hours: each started hour counts, at least one. Exactly one hour is one; 1 ms more is two.
 */
export function chargedHours(stay: Stay): number {
  return Math.max(1, Math.ceil(dwellTime(stay) / HOUR));
}

/** The cost of a stay at the agreed price, both in minor units; exact. */
export function cost(stay: Stay, pricePerHour: number): number {
  return chargedHours(stay) * pricePerHour;
}

/** The dwell time in hours, rounded to two decimals. For display, not for charging. */
export function durationHours(stay: Stay): number {
  return Math.round((dwellTime(stay) / HOUR) * 100) / 100;
}
