import { DateTime } from 'luxon';
import { DAY } from '../../../../platform/time/durations.js';
import { AllowedDays } from '../../allowed-days.js';
import { type RateConditions, type Weekday, WEEKDAYS } from '../../tariff.js';
import { joinWords } from './words.js';

const NAMES = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
/** A sequence of more weekdays than this is written as a range, such as `Monday to Friday`. */
const MAX_NAMED = 2;
/**
 * If there are more periods than this, their dates are counted instead of listed, so that a sentence stays
 * short.
 */
const MAX_PERIODS = 4;

/** Consecutive dates, in days since 1970-01-01; the last one is included. */
interface Period {
  readonly first: number;
  readonly last: number;
}

/** The days on which a rate's window or day starts: `Monday to Friday`. Undefined if it is any day. */
export function dayPhrase(rate: RateConditions): string | undefined {
  if (rate.dates) return datesPhrase(new AllowedDays(rate).dates ?? []);
  return rate.days && weekdaysPhrase(rate.days);
}

/** `Sundays`, `Saturday and Sunday`, `Monday to Friday`; undefined if all seven are given. */
function weekdaysPhrase(days: readonly Weekday[]): string | undefined {
  const isGiven = WEEKDAYS.map((day) => days.includes(day));
  if (!isGiven.includes(false)) return undefined;
  const names = NAMES.flatMap((name, start) => {
    if (!isGiven[start] || isGiven[(start + 6) % 7]) return [];
    // A sequence may continue from Sunday to Monday.
    const sequence = [...NAMES.slice(start), ...NAMES.slice(0, start)];
    const length = sequence.findIndex((_, index) => !isGiven[(start + index) % 7]);
    if (length <= MAX_NAMED) return sequence.slice(0, length);
    return [`${name} to ${sequence[length - 1]}`];
  });
  return names.length === 1 && NAMES.includes(names[0] ?? '') ? `${names[0]}s` : joinWords(names);
}

/** `24 to 26 December 2026 and 1 January 2027`; or the number of the dates, with the first and the last. */
function datesPhrase(dates: readonly number[]): string {
  const periods = periodsOf(dates);
  const [first = 0] = dates;
  const last = dates.at(-1) ?? first;
  if (periods.length > MAX_PERIODS) {
    return `${dates.length} dates from ${dateWords(first)} to ${dateWords(last)}`;
  }
  if (dateOf(first).year !== dateOf(last).year) return joinWords(periods.map(periodWords));
  return `${joinWords(periods.map(yearlessWords))} ${dateOf(last).year}`;
}

function periodsOf(dates: readonly number[]): readonly Period[] {
  const periods: Period[] = [];
  for (const date of dates) {
    const previous = periods.at(-1);
    if (previous?.last === date - 1) periods[periods.length - 1] = { ...previous, last: date };
    else periods.push({ first: date, last: date });
  }
  return periods;
}

function periodWords(period: Period): string {
  const [first, last] = [dateOf(period.first), dateOf(period.last)];
  if (first.year === last.year) return `${yearlessWords(period)} ${last.year}`;
  return `${dateWords(period.first)} to ${dateWords(period.last)}`;
}

function yearlessWords(period: Period): string {
  const [first, last] = [dateOf(period.first), dateOf(period.last)];
  const end = last.toFormat('d LLLL');
  if (period.first === period.last) return end;
  return `${first.toFormat(first.month === last.month ? 'd' : 'd LLLL')} to ${end}`;
}

function dateWords(date: number): string {
  return dateOf(date).toFormat('d LLLL yyyy');
}

function dateOf(day: number): DateTime {
  return DateTime.fromMillis(day * DAY, { zone: 'utc', locale: 'en-GB' });
}
