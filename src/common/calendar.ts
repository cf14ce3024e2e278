import { DateTime } from 'luxon';

/** From its first instant to the first one after it. */
export interface Period {
  readonly start: Date;
  readonly end: Date;
}

/** The calendar month of the instant, as a wall clock in the IANA zone shows it. */
export function calendarMonth(instant: Date, zone: string): Period {
  const start = DateTime.fromJSDate(instant, { zone }).startOf('month');
  return { start: start.toJSDate(), end: start.plus({ months: 1 }).toJSDate() };
}
