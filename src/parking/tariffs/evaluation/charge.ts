import { MINUTE } from '../../../platform/time/durations.js';
import { capLines } from './caps.js';
import { type Charge, type Line, lineWithoutUnits } from './line.js';
import { LocalTime } from './local-time.js';
import { type Run, runsOf } from './runs.js';
import type { Tariff } from '../tariff.js';
import type { TimedRate } from './timed-rate.js';

/** A stay in milliseconds since 1970 UTC, and the zone in which the tariff's times are local. */
export interface Stay {
  readonly from: number;
  readonly until: number;
  /** IANA name. */
  readonly timeZone: string;
}

/**
 * Charges a stay by a tariff (docs/tariffs.md). Depends only on its arguments; a run of equal
 * units is one step, so the time it takes depends on the rate changes of a stay and not on its length.
 */
export function charge(tariff: Tariff, stay: Stay): Charge {
  const steps = chargeInSteps(tariff, stay);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/**
 * Charges a stay like {@link charge}. Yields at least every few milliseconds, so that the caller can run other
 * work. A yielded value is the number of rate changes, or of periods of a cap, so far.
 */
export function* chargeInSteps(tariff: Tariff, stay: Stay): Generator<number, Charge> {
  const lines = yield* linesOf(tariff, { ...stay, until: Math.max(stay.from, stay.until) });
  const total = sum(lines);
  return { lines, total, tax: taxIn(total, tariff.tax_basis_points) };
}

function* linesOf(tariff: Tariff, stay: Stay): Generator<number, readonly Line[]> {
  const { from, until } = stay;
  if (tariff.grace_minutes > 0 && until - from <= tariff.grace_minutes * MINUTE) {
    return [lineWithoutUnits('grace', { from, until, amount: 0 })];
  }
  const time = new LocalTime(stay.timeZone);
  const runs = yield* runsOf(tariff, { from, until, time });
  const lines = unitLines(runs);
  for (const { per, amount } of tariff.caps) {
    if (per === 'stay') continue;
    const reductions = yield* capLines({ per, amount }, { runs, start: from, time });
    for (const line of reductions) lines.push(line);
  }
  // A cap per stay applies last, regardless of its position in the list.
  for (const cap of tariff.caps.filter(({ per }) => per === 'stay')) {
    const excess = sum(lines) - cap.amount;
    if (excess > 0) lines.push(lineWithoutUnits('cap', { from, until, amount: -excess }));
  }
  const missing = tariff.minimum - sum(lines);
  if (missing > 0) lines.push(lineWithoutUnits('minimum', { from, until, amount: missing }));
  return lines;
}

/** Adjacent units of one rate form one line. */
function unitLines(runs: readonly Run[]): Line[] {
  const lines: Line[] = [];
  let previous: TimedRate | undefined;
  for (const { rate, from, unit, units } of runs) {
    const { name, price, perMinutes } = rate;
    const until = from + units * unit;
    const last = lines.at(-1);
    if (last && rate === previous) {
      const all = (last.units ?? 0) + units;
      lines[lines.length - 1] = { ...last, until, units: all, amount: all * price };
    } else {
      lines.push({
        kind: perMinutes === null ? 'flat' : 'units',
        rate: name,
        from,
        until,
        units,
        per_minutes: perMinutes,
        unit_price: price,
        amount: units * price,
      });
    }
    previous = rate;
  }
  return lines;
}

function sum(parts: readonly { readonly amount: number }[]): number {
  return parts.reduce((total, { amount }) => total + amount, 0);
}

/**
 * The tax in the total: `total × p ÷ (100 + p)`, rounded half up. Computed with BigInt, because the
 * product may exceed 2^53.
 */
export function taxIn(total: number, basisPoints: number): number {
  const whole = 10_000n + BigInt(basisPoints);
  return Number((2n * BigInt(total) * BigInt(basisPoints) + whole) / (2n * whole));
}
