const HOUR = 3_600_000;

/** A stay, from parking to leaving. Instants, so no clock change and no time zone alters its length. */
export interface Stay {
  readonly parkedAt: Date;
  readonly leftAt: Date;
}

/** How long the vehicle stood there (dwell time), in milliseconds: 0 where the clock was set back. */
export function dwellTime({ parkedAt, leftAt }: Stay): number {
  return Math.max(0, leftAt.getTime() - parkedAt.getTime());
}

/** Hours to be paid: each started one counts, at least one. Exactly one hour is one, 1 ms more two. */
export function chargedHours(stay: Stay): number {
  return Math.max(1, Math.ceil(dwellTime(stay) / HOUR));
}

/** What a stay costs at the agreed price; price and cost in minor units, exact. */
export function cost(stay: Stay, pricePerHour: number): number {
  return chargedHours(stay) * pricePerHour;
}

/** The dwell time in hours, with two decimals: for people, not for billing. */
export function durationHours(stay: Stay): number {
  return Math.round((dwellTime(stay) / HOUR) * 100) / 100;
}
