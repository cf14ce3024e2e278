import { DateTime } from 'luxon';
import { HOUR } from '../../../platform/time/durations.js';

/** The time span of the city's bookings. Instants in ms. */
export interface History {
  /** Midnight in the zone, `days` calendar days before the day of `until`. */
  readonly start: number;
  readonly until: number;
  readonly days: number;
  /** IANA name. */
  readonly zone: string;
}

/** An hour of local time. */
export interface LocalHour {
  /** The first instant of the hour, in ms. */
  readonly start: number;
  /** 0 to 23. */
  readonly hour: number;
  readonly weekend: boolean;
}

export function historyBefore(until: Date, days: number, zone: string): History {
  const start = DateTime.fromJSDate(until, { zone }).startOf('day').minus({ days });
  return { start: start.toMillis(), until: until.getTime(), days, zone };
}

/** Every hour of the history in order. A day with a clock change has 23 or 25 hours. */
export function* hoursOf({ start, until, zone }: History): Generator<LocalHour> {
  for (let instant = start; instant <= until; instant += HOUR) {
    const local = DateTime.fromMillis(instant, { zone });
    yield { start: instant, hour: local.hour, weekend: local.weekday > 5 };
  }
}
