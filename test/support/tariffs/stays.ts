import { DateTime } from 'luxon';
import { charge, type Stay } from '../../../src/parking/tariffs/evaluation/charge.js';
import { hourlyTariff, type Rate, type Tariff } from '../../../src/parking/tariffs/tariff.js';

/**
 * The instant of a local time such as `2026-03-02T09:00:00.001`; if it occurs twice, an offset
 * selects one.
 */
export function at(local: string, timeZone = 'Asia/Kolkata'): number {
  return DateTime.fromISO(local, { zone: timeZone }).toMillis();
}

/** From and until are local times, see {@link at}. */
export function stayOf(from: string, until: string, timeZone = 'Asia/Kolkata'): Stay {
  return { from: at(from, timeZone), until: at(until, timeZone), timeZone };
}

/** A tariff without grace period, tax, minimum and caps, unless they are given. */
export function tariffOf(rates: readonly Rate[], more: Partial<Tariff> = {}): Tariff {
  return { ...hourlyTariff(0), rates, ...more };
}

/** Kind, rate, number of units and amount of each line of the charge. */
export function linesOf(tariff: Tariff, stay: Stay): readonly (string | number | null)[][] {
  return charge(tariff, stay).lines.map(({ kind, rate, units, amount }) => [
    kind,
    rate,
    units,
    amount,
  ]);
}

/** The name of the rate that applies to a stay that starts at the local time. */
export function rateAt(rates: readonly Rate[], local: string, timeZone?: string): string | null {
  const { lines } = charge(tariffOf(rates), stayOf(local, local, timeZone));
  return lines[0]?.rate ?? null;
}
