import type { Stay } from '../../../src/parking/tariffs/evaluation/charge.js';
import type { Charge, Line } from '../../../src/parking/tariffs/evaluation/line.js';
import type { Cap, Rate, Tariff } from '../../../src/parking/tariffs/tariff.js';
import { DAY, MINUTE } from '../../../src/platform/time/durations.js';
import { SlowClock } from './slow-clock.js';

/** Instants in ms: `from` is included, `until` is not. */
interface Period {
  readonly from: number;
  readonly until: number;
}

interface Unit extends Period {
  readonly rate: Rate;
  readonly price: number;
}

/** The rules of docs/tariffs.md as literally as possible: one unit after the other, without any shortcut. */
export function slowCharge(tariff: Tariff, stay: Stay): Charge {
  const lines = slowLines(tariff, stay);
  const total = sum(lines);
  const taxedShare = BigInt(total) * BigInt(tariff.tax_basis_points);
  const whole = BigInt(10_000 + tariff.tax_basis_points);
  const isRoundedUp = (taxedShare % whole) * 2n >= whole;
  return { lines, total, tax: Number(taxedShare / whole) + (isRoundedUp ? 1 : 0) };
}

function slowLines(tariff: Tariff, stay: Stay): Line[] {
  const { from, until } = stay;
  const grace = tariff.grace_minutes * MINUTE;
  if (grace > 0 && until - from <= grace) return [line('grace', stay, 0)];
  const units = unitsOf(tariff, stay);
  const lines = unitLines(units);
  const isWholeStay = ({ per }: Cap) => per === 'stay';
  for (const cap of tariff.caps.filter((each) => !isWholeStay(each))) {
    lines.push(...capLines(cap, units, stay));
  }
  for (const { amount } of tariff.caps.filter(isWholeStay)) {
    const excess = sum(lines) - amount;
    if (excess > 0) lines.push(line('cap', stay, -excess));
  }
  const missing = tariff.minimum - sum(lines);
  if (missing > 0) lines.push(line('minimum', stay, missing));
  return lines;
}

function unitsOf({ rates }: Tariff, { from: start, until, timeZone }: Stay): Unit[] {
  const clock = SlowClock.of(timeZone);
  const units: Unit[] = [];
  for (let now = start; now < until || units.length === 0; now = units.at(-1)?.until ?? until) {
    const rate = rates.find((each) => matches(each, { now, start, clock }));
    if (!rate) throw new Error('No rate matches');
    const isFlat = 'flat' in rate;
    units.push({
      rate,
      price: isFlat ? rate.flat : rate.price,
      from: now,
      until: isFlat ? (windowAt(rate, now, clock)?.until ?? now) : now + rate.per_minutes * MINUTE,
    });
  }
  return units;
}

function matches(
  rate: Rate,
  { now, start, clock }: { now: number; start: number; clock: SlowClock },
): boolean {
  if (now - start < (rate.from_minute ?? 0) * MINUTE) return false;
  if (now - start >= (rate.until_minute ?? Infinity) * MINUTE) return false;
  if (rate.from !== undefined) return windowAt(rate, now, clock) !== undefined;
  return allows(rate, clock.dayOf(now));
}

/**
 * The rate's time-of-day window that contains `now`, which began today or, if it continues past midnight,
 * yesterday; undefined if there is none.
 */
function windowAt(rate: Rate, now: number, clock: SlowClock): Period | undefined {
  const { from: opens = '', until: closes = '' } = rate;
  const today = clock.dayOf(now);
  for (const day of [today - 1, today]) {
    if (!allows(rate, day)) continue;
    const from = clock.firstShown(day, minutesOf(opens));
    const until = clock.firstShown(closes <= opens ? day + 1 : day, minutesOf(closes));
    if (from <= now && now < until) return { from, until };
  }
  return undefined;
}

function allows({ days, dates }: Rate, day: number): boolean {
  if (!days && !dates) return true;
  const date = new Date(day * DAY);
  const weekday = (['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const)[date.getUTCDay()];
  if (days && !days.some((each) => each === weekday)) return false;
  return !dates || dates.includes(date.toISOString().slice(0, 10));
}

function minutesOf(time: string): number {
  const [hours = '', minutes = ''] = time.split(':');
  return Number(hours) * 60 + Number(minutes);
}

function unitLines(units: readonly Unit[]): Line[] {
  const groups: Unit[][] = [];
  for (const unit of units) {
    const group = groups.at(-1);
    if (group?.[0]?.rate === unit.rate) group.push(unit);
    else groups.push([unit]);
  }
  return groups.flatMap((group) => {
    const [first, last] = [group[0], group.at(-1)];
    if (!first || !last) return [];
    const { rate, price, from } = first;
    const period = { from, until: last.until };
    return {
      ...line('flat' in rate ? 'flat' : 'units', period, price * group.length),
      rate: rate.name,
      units: group.length,
      per_minutes: 'flat' in rate ? null : rate.per_minutes,
      unit_price: price,
    };
  });
}

function capLines({ per, amount }: Cap, units: readonly Unit[], { from, timeZone }: Stay): Line[] {
  const clock = SlowClock.of(timeZone);
  const indexOf = (instant: number) =>
    per === '24_hours' ? Math.floor((instant - from) / DAY) : clock.dayOf(instant);
  const startOf = (index: number) =>
    per === '24_hours' ? from + index * DAY : clock.firstShown(index, 0);
  const sums = new Map<number, number>();
  for (const unit of units) {
    const index = indexOf(unit.from);
    sums.set(index, (sums.get(index) ?? 0) + unit.price);
  }
  return [...sums].flatMap(([index, cost]) => {
    const period = { from: startOf(index), until: startOf(index + 1) };
    return cost > amount ? [line('cap', period, amount - cost)] : [];
  });
}

function line(kind: Line['kind'], { from, until }: Period, amount: number): Line {
  const empty = { rate: null, units: null, per_minutes: null, unit_price: null };
  return { kind, ...empty, from, until, amount };
}

function sum(lines: readonly Line[]): number {
  return lines.reduce((all, { amount }) => all + amount, 0);
}
