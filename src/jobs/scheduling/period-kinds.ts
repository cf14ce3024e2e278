import {
  addMonths,
  isDay,
  isMonth,
  localDay,
  localMonth,
  monthPeriod,
} from '../../platform/time/calendar.js';

/** How often a scheduled job runs, and how its periods are written. */
export interface PeriodKind {
  /** How messages describe the format: `a day (YYYY-MM-DD)`. */
  readonly form: string;
  isValid(period: string): boolean;
  /** The local period at that instant in the zone. */
  current(now: Date, zone: string): string;
}

export const DAILY: PeriodKind = {
  form: 'a day (YYYY-MM-DD)',
  isValid: isDay,
  current: localDay,
};

export const MONTHLY: PeriodKind = {
  form: 'a month (YYYY-MM)',
  isValid: isMonth,
  current: localMonth,
};

/** The month before the current one. */
export function previousMonth(now: Date, zone: string): string {
  return addMonths(localMonth(now, zone), -1);
}

/** Whether the month has ended. */
export function isMonthOver(month: string, now: Date, zone: string): boolean {
  return monthPeriod(month, zone).end <= now;
}
