import { DateTime } from 'luxon';

/** From its first instant to the first one after it. */
export interface Period {
  readonly start: Date;
  readonly end: Date;
}

/** A day as a wall clock in the zone shows it: `2026-03-01`. */
export function localDay(instant: Date, zone: string): string {
  return DateTime.fromJSDate(instant, { zone }).toFormat('yyyy-MM-dd');
}

/** A month as a wall clock in the zone shows it: `2026-03`. */
export function localMonth(instant: Date, zone: string): string {
  return DateTime.fromJSDate(instant, { zone }).toFormat('yyyy-MM');
}

/** The month (`2026-03`) that lies so many months later, or earlier. */
export function addMonths(month: string, months: number): string {
  return DateTime.fromFormat(month, 'yyyy-MM', { zone: 'utc' })
    .plus({ months })
    .toFormat('yyyy-MM');
}

/** `March 2026` */
export function monthName(month: string): string {
  return DateTime.fromFormat(month, 'yyyy-MM', { zone: 'utc', locale: 'en' }).toFormat('LLLL yyyy');
}

/** Whether the text is a day (`2026-03-01`) that the calendar has. */
export function isDay(text: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(text) && DateTime.fromISO(text, { zone: 'utc' }).isValid;
}

/** Whether the text is a month (`2026-03`) that the calendar has. */
export function isMonth(text: string): boolean {
  return /^\d{4}-\d\d$/.test(text) && DateTime.fromISO(text, { zone: 'utc' }).isValid;
}

/**
 * The instant when a wall clock in the zone shows the time on the day. On the night that skips an
 * hour, a time within it is the same time after the skip (02:30 is 03:30); on the night that has
 * one twice, the first of the two.
 */
export function wallClock(day: string, time: { hour: number; minute: number }, zone: string): Date {
  return DateTime.fromISO(day, { zone }).set(time).toJSDate();
}

/** The month (`2026-03`) in the IANA zone. */
export function monthPeriod(month: string, zone: string): Period {
  const start = firstOfMonth(month, zone);
  const end = start.plus({ months: 1 }).startOf('month');
  return { start: start.toJSDate(), end: end.toJSDate() };
}

/**
 * The days of the month in the zone, the first one first; 23 to 25 hours each. Where a day's first
 * hour is skipped (Cairo does that) it begins at one, and the days after it at midnight again.
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

/** By way of the day before, so that of a midnight that comes twice (Havana has one) it is the first. */
function firstOfMonth(month: string, zone: string): DateTime {
  const midnight = DateTime.fromFormat(month, 'yyyy-MM', { zone });
  return midnight.minus({ days: 1 }).plus({ days: 1 }).startOf('month');
}
