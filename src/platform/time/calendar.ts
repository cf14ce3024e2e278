import { DateTime } from 'luxon';

/** A half-open interval: `start` is included, `end` is not. */
export interface Period {
  readonly start: Date;
  readonly end: Date;
}

/** The local date in the zone: `2026-03-01`. */
export function localDay(instant: Date, zone: string): string {
  return DateTime.fromJSDate(instant, { zone }).toFormat('yyyy-MM-dd');
}

/** The local month in the zone: `2026-03`. */
export function localMonth(instant: Date, zone: string): string {
  return DateTime.fromJSDate(instant, { zone }).toFormat('yyyy-MM');
}

/** The month (`2026-03`) `months` later, or earlier if negative. */
export function addMonths(month: string, months: number): string {
  return DateTime.fromFormat(month, 'yyyy-MM', { zone: 'utc' })
    .plus({ months })
    .toFormat('yyyy-MM');
}

/** The English name of the month (`2026-03`), such as `March 2026`. */
export function monthName(month: string): string {
  return DateTime.fromFormat(month, 'yyyy-MM', { zone: 'utc', locale: 'en' }).toFormat('LLLL yyyy');
}

/** Whether the text is an existing date (`2026-03-01`). luxon would take 5 ms for the dates of a tariff. */
export function isDay(text: string): boolean {
  const start = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(text) : Number.NaN;
  // If the date does not exist, `start` is on another day.
  return Number.isFinite(start) && new Date(start).toISOString().startsWith(text);
}

/** Whether the text is an existing month (`2026-03`). */
export function isMonth(text: string): boolean {
  return /^\d{4}-\d\d$/.test(text) && DateTime.fromISO(text, { zone: 'utc' }).isValid;
}

/**
 * The instant of a local time on a date. A time that a clock change skips means the same time after
 * the gap (02:30 is 03:30); one that occurs twice means the first occurrence.
 */
export function wallClock(day: string, time: { hour: number; minute: number }, zone: string): Date {
  return DateTime.fromISO(day, { zone }).set(time).toJSDate();
}

/** The period of a month (`2026-03`) in the IANA zone. */
export function monthPeriod(month: string, zone: string): Period {
  const start = firstOfMonth(month, zone);
  const end = start.plus({ months: 1 }).startOf('month');
  return { start: start.toJSDate(), end: end.toJSDate() };
}

/**
 * The days of the month in the zone, in order; 23 to 25 hours each. If a clock change skips
 * midnight (as in Cairo), that day begins at 01:00.
 */
export function daysOfMonth(month: string, zone: string): Period[] {
  const first = firstOfMonth(month, zone);
  return Array.from({ length: first.daysInMonth ?? 0 }, (_, index) => ({
    start: first.plus({ days: index }).startOf('day').toJSDate(),
    end: first
      .plus({ days: index + 1 })
      .startOf('day')
      .toJSDate(),
  }));
}

/**
 * Computed from the previous day, so that the month begins at the first midnight if there are two (as in
 * Havana).
 */
function firstOfMonth(month: string, zone: string): DateTime {
  const midnight = DateTime.fromFormat(month, 'yyyy-MM', { zone });
  return midnight.minus({ days: 1 }).plus({ days: 1 }).startOf('month');
}
