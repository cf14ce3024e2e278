import { DAY, MINUTE } from '../../platform/time/durations.js';
import type { LocalTime } from './local-time.js';
import { type Rate, WEEKDAYS } from './tariff.js';

/** Half-open, in milliseconds since 1970 UTC. */
interface Interval {
  readonly start: number;
  readonly end: number;
}

const FOREVER: Interval = { start: Number.NEGATIVE_INFINITY, end: Number.POSITIVE_INFINITY };
/** 1970-01-01 was a Thursday. */
const FIRST_WEEKDAY = WEEKDAYS.indexOf('thu');

/** A rate during one stay. Its methods take instants in ascending order. */
export class TimedRate {
  /** When the minutes since the start of the stay match. */
  private readonly elapsed: Interval;
  /** Minutes after midnight; undefined without a time of day. */
  private readonly window: { readonly from: number; readonly until: number } | undefined;
  private readonly weekdays: ReadonlySet<number> | undefined;
  /** Days since 1970-01-01, ascending. */
  private readonly dates: readonly number[] | undefined;
  /** The last results, which are valid until their end. */
  private current: Interval | undefined;
  private next = Number.NEGATIVE_INFINITY;

  private readonly time: LocalTime;

  constructor(
    readonly rate: Rate,
    { start, time }: { readonly start: number; readonly time: LocalTime },
  ) {
    this.time = time;
    const { from_minute: first = 0, until_minute: last, from, until, days, dates } = rate;
    this.elapsed = {
      start: start + first * MINUTE,
      end: last === undefined ? FOREVER.end : start + last * MINUTE,
    };
    this.window =
      from === undefined || until === undefined
        ? undefined
        : { from: minutesOf(from), until: minutesOf(until) };
    this.weekdays = days && new Set(days.map((day) => WEEKDAYS.indexOf(day)));
    this.dates = dates && dates.map((date) => Date.parse(date) / DAY).toSorted((a, b) => a - b);
  }

  /** The first moment after `at` at which the rate may not match; undefined if it does not match. */
  matchEnd(at: number): number | undefined {
    if (at < this.elapsed.start || at >= this.elapsed.end) return undefined;
    const period = this.periodAt(at);
    return period && Math.min(period.end, this.elapsed.end);
  }

  /** The end of the time-of-day window that contains `at`, which the rate must match. */
  windowEnd(at: number): number {
    const period = this.periodAt(at);
    if (!period) throw new Error('The rate does not match');
    return period.end;
  }

  /** The first moment after `at` at which the rate may match, if it does not match then. */
  nextChange(at: number): number {
    if (at >= this.elapsed.end) return FOREVER.end;
    if (at < this.elapsed.start) return this.elapsed.start;
    if (this.next <= at) this.next = this.nextPeriod(at);
    return this.next;
  }

  /** The window or day that contains `at`, if `days` and `dates` allow it. */
  private periodAt(at: number): Interval | undefined {
    if (this.current && at >= this.current.start && at < this.current.end) return this.current;
    this.current = this.findPeriod(at);
    return this.current;
  }

  private findPeriod(at: number): Interval | undefined {
    if (!this.window && !this.weekdays && !this.dates) return FOREVER;
    const today = this.time.dayOf(at);
    // A window of the day before may last until now.
    return [today - 1, today, today + 1]
      .filter((day) => this.allows(day))
      .map((day) => this.periodOf(day))
      .find(({ start, end }) => start <= at && at < end);
  }

  private nextPeriod(at: number): number {
    for (let day = this.time.dayOf(at); ; day += 1) {
      const allowed = this.firstAllowed(day);
      if (allowed === undefined) return FOREVER.end;
      day = allowed;
      const { start, end } = this.periodOf(day);
      if (start > at && end > start) return start;
    }
  }

  private periodOf(day: number): Interval {
    const { from, until } = this.window ?? { from: 0, until: 0 };
    const lastDay = until <= from ? day + 1 : day;
    return { start: this.time.instantOf(day, from), end: this.time.instantOf(lastDay, until) };
  }

  /** The first day from `day` on that `days` and `dates` allow. */
  private firstAllowed(day: number): number | undefined {
    if (this.dates) return this.dates.find((date) => date >= day && this.allows(date));
    for (let next = day; next < day + 7; next += 1) if (this.allows(next)) return next;
    return undefined;
  }

  private allows(day: number): boolean {
    const weekday = (((day + FIRST_WEEKDAY) % 7) + 7) % 7;
    if (this.weekdays && !this.weekdays.has(weekday)) return false;
    return this.dates?.includes(day) ?? true;
  }
}

function minutesOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
}
