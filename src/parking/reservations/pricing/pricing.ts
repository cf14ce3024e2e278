import { HOUR, MINUTE } from '../../../platform/time/durations.js';
import type { Policy } from '../../policies/policy.js';
import type { AgreedTariff } from '../../tariffs/versions/agreed-tariffs.js';
import { charge } from '../../tariffs/evaluation/charge.js';
import type { Charge } from '../../tariffs/evaluation/line.js';
import { hourlyTariff } from '../../tariffs/tariff.js';

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
 * The time that a stay is charged for, in ms: from the earlier of its window's start and parking to
 * the later of the window's end and leaving. A driver who leaves at most `overstay_grace_minutes`
 * after the end is charged until the end.
 */
export function chargedTime(
  stay: {
    readonly parkedAt: number;
    readonly reservedFrom: number | null;
    readonly reservedUntil: number | null;
  },
  policy: Pick<Policy, 'overstay_grace_minutes'>,
  leftAt: number,
): { readonly parkedAt: number; readonly leftAt: number } {
  const { parkedAt, reservedFrom, reservedUntil } = stay;
  if (reservedFrom === null || reservedUntil === null) return { parkedAt, leftAt };
  const isOnTime = leftAt <= reservedUntil + policy.overstay_grace_minutes * MINUTE;
  return { parkedAt: Math.min(reservedFrom, parkedAt), leftAt: isOnTime ? reservedUntil : leftAt };
}

/** Charges a stay, with its instants in ms, by the agreed tariff. */
export function chargeStay(
  { tariff, timeZone }: AgreedTariff,
  { parkedAt, leftAt }: { readonly parkedAt: number; readonly leftAt: number },
): Charge {
  return charge(tariff, { from: parkedAt, until: leftAt, timeZone });
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
