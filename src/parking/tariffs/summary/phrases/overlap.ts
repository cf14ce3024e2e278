import { AllowedDays, weekdayOf } from '../../allowed-days.js';
import { type Rate, WEEKDAYS } from '../../tariff.js';

const DAY_MINUTES = 24 * 60;
const WEEK_MINUTES = 7 * DAY_MINUTES;

/** When a rate can match, in minutes. */
interface Times {
  /** Counted since the start of the stay. */
  readonly elapsed: { readonly from: number; readonly until: number };
  /** Windows of a week; `start` counts from Monday 00:00. */
  readonly windows: readonly { readonly start: number; readonly length: number }[];
}

/** Whether two of the rates can match at one moment. Of dates, only their weekdays are compared. */
export function someOverlap(rates: readonly Rate[]): boolean {
  const times = rates.map((rate) => timesOf(rate));
  return times.some((each, index) => times.slice(0, index).some((other) => overlap(each, other)));
}

function timesOf(rate: Rate): Times {
  const { from = '00:00', until = '00:00' } = rate;
  const length = minutesOf(until) - minutesOf(from) + (until <= from ? DAY_MINUTES : 0);
  return {
    elapsed: {
      from: rate.from_minute ?? 0,
      until: rate.until_minute ?? Number.POSITIVE_INFINITY,
    },
    windows: weekdaysOf(rate).map((day) => ({
      start: day * DAY_MINUTES + minutesOf(from),
      length,
    })),
  };
}

/** The days on which the windows of the rate start; Monday is 0. */
function weekdaysOf(rate: Rate): readonly number[] {
  const { dates } = new AllowedDays(rate);
  if (dates) return [...new Set(dates.map((date) => weekdayOf(date)))];
  return (rate.days ?? WEEKDAYS).map((day) => WEEKDAYS.indexOf(day));
}

function overlap(times: Times, other: Times): boolean {
  const [elapsed, otherElapsed] = [times.elapsed, other.elapsed];
  if (elapsed.from >= otherElapsed.until || otherElapsed.from >= elapsed.until) return false;
  return times.windows.some((window) =>
    other.windows.some((each) => startsWithin(window, each) || startsWithin(each, window)),
  );
}

type Window = Times['windows'][number];

/** Whether `window` starts within the other window, which may continue from Sunday to Monday. */
function startsWithin(window: Window, { start, length }: Window): boolean {
  return (window.start - start + WEEK_MINUTES) % WEEK_MINUTES < length;
}

function minutesOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
}
