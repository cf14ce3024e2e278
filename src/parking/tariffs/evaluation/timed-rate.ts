import { MINUTE } from '../../../platform/time/durations.js';
import { AllowedDays } from '../allowed-days.js';
import type { LocalTime } from './local-time.js';
import type { Rate } from '../tariff.js';

/** Half-open, in milliseconds since 1970 UTC. */
interface Interval {
  readonly start: number;
  readonly end: number;
}

const FOREVER: Interval = { start: Number.NEGATIVE_INFINITY, end: Number.POSITIVE_INFINITY };
const NEVER: Interval = { start: Number.POSITIVE_INFINITY, end: Number.POSITIVE_INFINITY };

/** A rate during one stay. */
export class TimedRate {
  /**
   * After {@link advance} to an instant, the rate does not match from there until `start`, and matches
   * from `start` until `end`. Both are fields for speed: each change between rates compares most rates.
   */
  start = Number.NEGATIVE_INFINITY;
  end = Number.NEGATIVE_INFINITY;
  readonly name: string;
  /** Price of a unit, in minor units. */
  readonly price: number;
  /** The length of a unit in minutes; null if the rate is flat. */
  readonly perMinutes: number | null;
  /** The interval in which the stay is between the rate's `from_minute` and `until_minute`. */
  private readonly elapsed: Interval;
  /**
   * Start and end in minutes after midnight, and the number of midnights between them; a whole day if the
   * rate has no time of day.
   */
  private readonly window: {
    readonly from: number;
    readonly until: number;
    readonly nights: 0 | 1;
  };
  private readonly days: AllowedDays;
  private readonly time: LocalTime;
  private readonly isLimited: boolean;
  /** The end of the window, or allowed day, that `start` is in. */
  private windowEnd = Number.NEGATIVE_INFINITY;

  constructor(rate: Rate, { start, time }: { readonly start: number; readonly time: LocalTime }) {
    this.name = rate.name;
    this.price = 'flat' in rate ? rate.flat : rate.price;
    this.perMinutes = 'flat' in rate ? null : rate.per_minutes;
    const { from_minute: first = 0, until_minute: last, from, days, dates } = rate;
    this.elapsed = {
      start: start + first * MINUTE,
      end: last === undefined ? FOREVER.end : start + last * MINUTE,
    };
    this.window = windowOf(rate);
    this.days = new AllowedDays(rate);
    this.time = time;
    this.isLimited = from !== undefined || days !== undefined || dates !== undefined;
  }

  /** Sets `start` and `end` for the time from `at` on. `at` must not be before the previous `end`. */
  advance(at: number): void {
    const { elapsed } = this;
    if (at < elapsed.start || at >= elapsed.end) {
      // The rate matches at no instant before `start`, so its windows are not looked up yet.
      this.start = at < elapsed.start ? elapsed.start : FOREVER.end;
      this.end = this.start;
      return;
    }
    const period = this.periodAfter(at);
    this.start = period.start;
    this.end = Math.min(period.end, elapsed.end);
    this.windowEnd = period.end;
  }

  /**
   * The length in ms of a unit that starts at `at`, while the rate matches. The unit of a flat rate lasts
   * until the end of the window.
   */
  unitAt(at: number): number {
    return this.perMinutes === null ? this.windowEnd - at : this.perMinutes * MINUTE;
  }

  /** The first window, or allowed day, that ends after `at`. */
  private periodAfter(at: number): Interval {
    if (!this.isLimited) return FOREVER;
    // The window of the day before may last until now.
    let day = this.days.next(this.time.dayAt(at).day - this.window.nights);
    while (day !== undefined) {
      const period = this.periodOf(day);
      if (period.end > at) return period;
      day = this.days.next(day + 1);
    }
    return NEVER;
  }

  private periodOf(day: number): Interval {
    const { from, until, nights } = this.window;
    return {
      start: this.time.instantOf(day, from),
      end: this.time.instantOf(day + nights, until),
    };
  }
}

function windowOf({ from = '00:00', until = '00:00' }: Rate) {
  const nights: 0 | 1 = until <= from ? 1 : 0;
  return { from: minutesOf(from), until: minutesOf(until), nights };
}

function minutesOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
}
