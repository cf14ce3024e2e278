import { DAY, MINUTE } from '../../platform/time/durations.js';
import { LocalTime } from './local-time.js';
import type { Charge, Line, LineKind } from './line.js';
import type { CapPeriod, Rate, Tariff } from './tariff.js';
import { TimedRate } from './timed-rate.js';

/** A stay in milliseconds since 1970 UTC, and the zone in which the tariff's times are local. */
export interface Stay {
  readonly from: number;
  readonly until: number;
  /** IANA name. */
  readonly timeZone: string;
}

/** Equal units that follow each other without a gap. */
interface Run {
  readonly rate: Rate;
  readonly from: number;
  /** The length of a unit; the last one may end after the stay. */
  readonly unit: number;
  readonly units: number;
}

/**
 * Charges a stay by a tariff (docs/tariffs.md). Depends on nothing but its arguments; a run of equal
 * units is one step, so that a long stay costs no more than the number of its rate changes.
 */
export function charge(tariff: Tariff, stay: Stay): Charge {
  const lines = linesOf(tariff, { ...stay, until: Math.max(stay.from, stay.until) });
  const total = sum(lines);
  return { lines, total, tax: taxIn(total, tariff.tax_basis_points) };
}

function linesOf(tariff: Tariff, stay: Stay): readonly Line[] {
  const { from, until } = stay;
  if (tariff.grace_minutes > 0 && until - from <= tariff.grace_minutes * MINUTE) {
    return [otherLine('grace', { from, until, amount: 0 })];
  }
  const time = new LocalTime(stay.timeZone);
  const runs = runsOf(tariff, stay, time);
  const lines = unitLines(runs);
  for (const { per, amount } of tariff.caps) {
    if (per === 'stay') continue;
    lines.push(...reductions(sumsPer(per, { runs, start: from, time }), amount));
  }
  // Applies last, regardless of its position in the list.
  for (const { amount } of tariff.caps.filter(({ per }) => per === 'stay')) {
    lines.push(...reductions([{ from, until, amount: sum(lines) }], amount));
  }
  const missing = tariff.minimum - sum(lines);
  if (missing > 0) lines.push(otherLine('minimum', { from, until, amount: missing }));
  return lines;
}

/** The units that cover the stay, from its start. A stay of zero length is one unit. */
function runsOf({ rates }: Tariff, { from, until }: Stay, time: LocalTime): readonly Run[] {
  const timed = rates.map((rate) => new TimedRate(rate, { start: from, time }));
  const runs: Run[] = [];
  for (let at = from; at < until || runs.length === 0;) {
    const run = nextRun(timed, at, until);
    runs.push(run);
    at = run.from + run.units * run.unit;
  }
  return runs;
}

/** The units of the first matching rate that start before another rate may match, or the stay ends. */
function nextRun(rates: readonly TimedRate[], at: number, until: number): Run {
  let end = until;
  for (const timed of rates) {
    const matchEnd = timed.matchEnd(at);
    if (matchEnd === undefined) {
      end = Math.min(end, timed.nextChange(at));
      continue;
    }
    const { rate } = timed;
    if ('flat' in rate) return { rate, from: at, unit: timed.windowEnd(at) - at, units: 1 };
    const unit = rate.per_minutes * MINUTE;
    const units = Math.max(1, Math.ceil((Math.min(end, matchEnd) - at) / unit));
    return { rate, from: at, unit, units };
  }
  throw new Error('The last rate of a tariff has no conditions, so one always matches');
}

/** Adjacent units of one rate form one line. */
function unitLines(runs: readonly Run[]): Line[] {
  const lines: Line[] = [];
  let previous: Rate | undefined;
  for (const { rate, from, unit, units } of runs) {
    const until = from + units * unit;
    const last = lines.at(-1);
    const isFlat = 'flat' in rate;
    const price = isFlat ? rate.flat : rate.price;
    if (last && rate === previous) {
      const all = (last.units ?? 0) + units;
      lines[lines.length - 1] = { ...last, until, units: all, amount: all * price };
    } else {
      lines.push({
        kind: isFlat ? 'flat' : 'units',
        rate: rate.name,
        from,
        until,
        units,
        per_minutes: isFlat ? null : rate.per_minutes,
        unit_price: price,
        amount: units * price,
      });
    }
    previous = rate;
  }
  return lines;
}

interface PeriodSum {
  readonly from: number;
  readonly until: number;
  readonly amount: number;
}

/** What the units cost that start within each period of the stay. */
function sumsPer(
  per: Exclude<CapPeriod, 'stay'>,
  { runs, start, time }: { runs: readonly Run[]; start: number; time: LocalTime },
): readonly PeriodSum[] {
  const sums: { from: number; until: number; amount: number }[] = [];
  for (const { rate, from, unit, units } of runs) {
    const price = 'flat' in rate ? rate.flat : rate.price;
    for (let done = 0; done < units;) {
      const at = from + done * unit;
      let period = sums.at(-1);
      if (!period || at >= period.until) {
        period = { ...periodAt(per, { at, start, time }), amount: 0 };
        sums.push(period);
      }
      const count = Math.min(units - done, Math.max(1, Math.ceil((period.until - at) / unit)));
      period.amount += count * price;
      done += count;
    }
  }
  return sums;
}

function periodAt(
  per: Exclude<CapPeriod, 'stay'>,
  { at, start, time }: { at: number; start: number; time: LocalTime },
): { readonly from: number; readonly until: number } {
  if (per === '24_hours') {
    const from = start + Math.floor((at - start) / DAY) * DAY;
    return { from, until: from + DAY };
  }
  const day = time.dayOf(at);
  return { from: time.instantOf(day, 0), until: time.instantOf(day + 1, 0) };
}

/** A negative line for each period that costs more than the cap. */
function reductions(periods: readonly PeriodSum[], cap: number): readonly Line[] {
  return periods
    .filter(({ amount }) => amount > cap)
    .map((period) => otherLine('cap', { ...period, amount: cap - period.amount }));
}

function otherLine(kind: LineKind, { from, until, amount }: PeriodSum): Line {
  return {
    kind,
    rate: null,
    from,
    until,
    units: null,
    per_minutes: null,
    unit_price: null,
    amount,
  };
}

function sum(parts: readonly { readonly amount: number }[]): number {
  return parts.reduce((total, { amount }) => total + amount, 0);
}

/** `total × p ÷ (100 + p)`, rounded half up. As BigInt, because the product may exceed 2^53. */
function taxIn(total: number, basisPoints: number): number {
  const whole = 10_000n + BigInt(basisPoints);
  return Number((2n * BigInt(total) * BigInt(basisPoints) + whole) / (2n * whole));
}
