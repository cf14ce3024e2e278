import { DAY, HOUR } from '../../platform/time/durations.js';
import { addSums } from '../hours/sums.js';
import { capacityOf, existingPart, type SummedPeriod } from '../metrics.js';
import { type HeatCell, type TimeBar, WEEKDAYS } from '../plots/plots.js';

/** 1970-01-01 was a Thursday; Monday is 0. */
const FIRST_WEEKDAY = 3;

/** Occupancy of all lots by local weekday and hour. */
export function occupancyByHour(hours: readonly SummedPeriod[], now: number): HeatCell[] {
  const cells = new Map<number, { parked: number; capacity: number }>();
  for (const period of hours) {
    const local = period.lot.periods.localTimeAt(period.from);
    const weekday = (Math.floor(local / DAY) + FIRST_WEEKDAY) % 7;
    const key = weekday * 24 + Math.floor((local % DAY) / HOUR);
    const cell = cells.get(key) ?? { parked: 0, capacity: 0 };
    cell.parked += period.sums.parked;
    cell.capacity += capacityOf(period.lot, existingPart(period, now));
    cells.set(key, cell);
  }
  return [...cells].flatMap(([key, { parked, capacity }]) => {
    const weekday = WEEKDAYS[Math.floor(key / 24)] ?? '';
    const percent = Math.min((parked * 100) / capacity, 100);
    return capacity > 0 ? [{ weekday, hour: key % 24, percent }] : [];
  });
}

/** A value of all lots together, by local time. */
export function overTime(
  periods: readonly SummedPeriod[],
  valueOf: (period: SummedPeriod) => number,
): TimeBar[] {
  const bars = new Map<number, number>();
  for (const period of periods) {
    const start = period.lot.periods.localTimeAt(period.from);
    bars.set(start, (bars.get(start) ?? 0) + valueOf(period));
  }
  return [...bars]
    .map(([start, value]) => ({ start: new Date(start), value }))
    .sort((one, other) => one.start.getTime() - other.start.getTime());
}

/** Joins the periods of each lot into one. */
export function wholeRange(periods: readonly SummedPeriod[]): SummedPeriod[] {
  const lots = new Map<number, SummedPeriod>();
  for (const period of periods) {
    const before = lots.get(period.lot.id);
    if (!before) {
      lots.set(period.lot.id, period);
      continue;
    }
    // `addSums` returns undefined only for two undefined arguments, so the fallback is never used.
    const sums = addSums(before.sums, period.sums) ?? period.sums;
    lots.set(period.lot.id, { ...before, until: period.until, sums });
  }
  return [...lots.values()];
}
