import type { Queryable } from '../../platform/database/queryable.js';
import type { PeriodKind } from '../lots/lot-periods.js';
import type { LotPeriod } from '../lots/periods-of-lots.js';
import { readHours } from './sum-lots.js';
import { readSums } from './sum-tables.js';
import { addSums, NO_SUMS, type PeriodSums, type Sums } from './sums.js';

interface Reading {
  readonly by: PeriodKind;
  /** Hours that ended before this instant (ms) are stored. */
  readonly summedUntil: number;
  readonly now: number;
}

/** The sums of each period until now, in their order. */
export async function sumsOfPeriods(
  database: Queryable,
  periods: readonly LotPeriod[],
  reading: Reading,
): Promise<Sums[]> {
  const stored = await storedSums(database, periods, reading);
  const recent = await recentHours(database, periods, reading);
  return periods.map(({ lot, from, until }, index) => {
    const hours = recent.get(lot.id) ?? [];
    return (
      hours
        .filter(({ startsAt }) => startsAt >= from && startsAt < until)
        .reduce<Sums | undefined>(addSums, stored[index]) ?? NO_SUMS
    );
  });
}

/**
 * Reads whole days from the sums per day, and the last day from the sums per hour. Reads nothing later
 * than `summedUntil`, because another instance may store more meanwhile.
 */
async function storedSums(
  database: Queryable,
  periods: readonly LotPeriod[],
  { by, summedUntil }: Reading,
): Promise<(Sums | undefined)[]> {
  const spans = periods.map(({ lot, from, until }) => {
    const lastDay = lot.periods.dayAt(summedUntil).from;
    const end = Math.min(until, lot.periods.hourAt(summedUntil).from);
    return { lotId: lot.id, from, until: end, lastDay };
  });
  if (by === 'hour') return readSums(database, 'lot_hours', spans);
  const wholeDays = spans.map((span) => ({ ...span, until: Math.min(span.until, span.lastDay) }));
  const lastHours = spans.map((span) => ({ ...span, from: Math.max(span.from, span.lastDay) }));
  const days = await readSums(database, 'lot_days', wholeDays);
  const hours = await readSums(database, 'lot_hours', lastHours);
  return days.map((sums, index) => addSums(sums, hours[index]));
}

/** The hours that are not stored yet, by lot. */
async function recentHours(
  database: Queryable,
  periods: readonly LotPeriod[],
  { summedUntil, now }: Reading,
): Promise<ReadonlyMap<number, PeriodSums[]>> {
  const recent = periods.filter(({ lot, until }) => until > lot.periods.hourAt(summedUntil).from);
  const lots = new Set(recent.map(({ lot }) => lot));
  const ranges = [...lots].map((lot) => ({
    lot,
    from: lot.periods.hourAt(summedUntil).from,
    // Includes the events of this moment.
    until: now + 1,
  }));
  const hours = new Map<number, PeriodSums[]>();
  for (const hour of await readHours(database, ranges, now)) {
    const ofLot = hours.get(hour.lotId);
    if (ofLot) ofLot.push(hour);
    else hours.set(hour.lotId, [hour]);
  }
  return hours;
}
