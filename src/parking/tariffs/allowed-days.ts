import { DAY } from '../../platform/time/durations.js';
import { type RateConditions, WEEKDAYS } from './tariff.js';

/** 1970-01-01 was a Thursday. */
const FIRST_WEEKDAY = WEEKDAYS.indexOf('thu');

/** The days, since 1970-01-01, on which the windows of a rate may start, by its `days` and `dates`. */
export class AllowedDays {
  /** Whether each weekday is allowed, Monday first. */
  private readonly weekdays: readonly boolean[];
  /** The dates that fall on one of the weekdays, ascending; undefined if the rate has no dates. */
  readonly dates: readonly number[] | undefined;

  constructor({ days = WEEKDAYS, dates }: RateConditions) {
    this.weekdays = WEEKDAYS.map((weekday) => days.includes(weekday));
    this.dates =
      dates &&
      [...new Set(dates.map((date) => Date.parse(date) / DAY))]
        .filter((day) => this.isAllowedWeekday(day))
        .toSorted((a, b) => a - b);
  }

  /** The first allowed day from `day` on; undefined if there is none. */
  next(day: number): number | undefined {
    if (this.dates) return firstFrom(this.dates, day);
    for (let next = day; next < day + 7; next += 1) {
      if (this.isAllowedWeekday(next)) return next;
    }
    return undefined;
  }

  private isAllowedWeekday(day: number): boolean {
    return this.weekdays[weekdayOf(day)] ?? false;
  }
}

/** The first of the ascending days that is not before `day`. */
function firstFrom(days: readonly number[], day: number): number | undefined {
  let [low, high] = [0, days.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((days[middle] ?? day) < day) low = middle + 1;
    else high = middle;
  }
  return days[low];
}

/** The weekday of a day since 1970-01-01: 0 is Monday. */
export function weekdayOf(day: number): number {
  return (((day + FIRST_WEEKDAY) % 7) + 7) % 7;
}
