import type { Queryable } from '../../platform/database/queryable.js';
import type { Tx } from '../../platform/database/tx.js';
import type { LotHistory } from '../lots/lot-histories.js';
import type { Span } from '../lots/lot-periods.js';
import { readLotEvents } from './lot-events.js';
import { sumHours } from './sum-hours.js';
import { carsAtEnd, storeSums } from './sum-tables.js';
import { addSums, type PeriodSums } from './sums.js';

/** A range of a lot: `from` starts an hour, and the hours before it are stored. */
export interface LotRange extends Span {
  readonly lot: LotHistory;
}

/** Above this number, the query reads the events of all lots: a long list of ids costs more than it saves. */
const FEW_LOTS = 50;

/** Computes the sums of the hours in the ranges from the bookings, as of `now` (ms). */
export async function readHours(
  database: Queryable,
  ranges: readonly LotRange[],
  now: number,
): Promise<PeriodSums[]> {
  if (ranges.length === 0) return [];
  const ids = ranges.map(({ lot }) => lot.id);
  const earliest = Math.min(...ranges.map(({ from }) => from));
  const latest = Math.max(...ranges.map(({ until }) => until));
  const ends = ranges.map(({ lot, from }) => ({ lot: lot.id, before: from }));
  const cars = await carsAtEnd(database, ends);
  const ofLots = ids.length > FEW_LOTS ? undefined : ids;
  const events = await readLotEvents(database, { from: earliest, until: latest }, ofLots);
  return ranges.flatMap(({ lot: { id: lotId, periods }, from, until }) => {
    const ofLot = events.get(lotId) ?? [];
    const inRange = ofLot.filter(({ at }) => at >= from && at < until);
    const present = cars.get(lotId) ?? 0;
    return sumHours({ lotId, periods, from, until, now, present }, inRange);
  });
}

/** Sums and stores the hours of the lots that end in the range. */
export async function sumLots(tx: Tx, lots: readonly LotHistory[], range: Span): Promise<void> {
  const ranges = lots.map((lot) => ({
    lot,
    from: lot.periods.hourAt(range.from).from,
    until: lot.periods.hourAt(range.until).from,
  }));
  const hours = await readHours(tx, ranges, range.until);
  await storeSums(tx, hours, daysOf(lots, hours));
}

/** The sums of the hours by day. */
function daysOf(lots: readonly LotHistory[], hours: readonly PeriodSums[]): PeriodSums[] {
  const periods = new Map(lots.map((lot) => [lot.id, lot.periods]));
  const days = new Map<string, PeriodSums>();
  for (const hour of hours) {
    const { lotId } = hour;
    const startsAt = periods.get(lotId)?.dayAt(hour.startsAt).from ?? hour.startsAt;
    const key = `${lotId} ${startsAt}`;
    days.set(key, { ...(addSums(days.get(key), hour) ?? hour), lotId, startsAt });
  }
  return [...days.values()];
}
