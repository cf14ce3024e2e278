import { HOUR } from '../../platform/time/durations.js';
import { charge } from '../tariffs/charge.js';
import { hourlyTariff } from '../tariffs/tariff.js';

/** A stay from parking to leaving. Its length depends on no time zone and no clock change. */
export interface Stay {
  readonly parkedAt: Date;
  readonly leftAt: Date;
}

/** The dwell time in milliseconds; 0 if the clock was set back. */
export function dwellTime({ parkedAt, leftAt }: Stay): number {
  return Math.max(0, leftAt.getTime() - parkedAt.getTime());
}

/** The cost of a stay at the agreed hourly price, both in minor units. */
export function cost({ parkedAt, leftAt }: Stay, pricePerHour: number): number {
  const stay = { from: parkedAt.getTime(), until: leftAt.getTime(), timeZone: 'UTC' };
  return charge(hourlyTariff(pricePerHour), stay).total;
}

/** The dwell time in hours, rounded to two decimals. For display, not for charging. */
export function durationHours(stay: Stay): number {
  return Math.round((dwellTime(stay) / HOUR) * 100) / 100;
}
