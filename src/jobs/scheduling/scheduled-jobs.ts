import {
  addMonths,
  isDay,
  isMonth,
  localDay,
  localMonth,
  monthPeriod,
  wallClock,
} from '../../platform/time/calendar.js';
import type { Configuration } from '../../platform/config/configuration.js';

export const SCHEDULED_JOBS = ['daily-reminders', 'monthly-reports'] as const;
export type ScheduledJobName = (typeof SCHEDULED_JOBS)[number];

type Schedule = Pick<Configuration, 'timezone' | 'reminderHour' | 'reminderMinute'>;

/** Reports are made on the 1st of the month after, at nine in the morning. */
const REPORT_TIME = { hour: 9, minute: 0 };
/** After a long silence, the reports of this many months are made up for. */
const MAX_MISSED_MONTHS = 12;

export function isScheduledJob(name: string): name is ScheduledJobName {
  return SCHEDULED_JOBS.some((known) => known === name);
}

/** Whether the text is a period of the job: a day for reminders, a month for reports. */
export function isPeriodOf(name: ScheduledJobName, period: string): boolean {
  return name === 'daily-reminders' ? isDay(period) : isMonth(period);
}

/** What a period is called now; a later one has not begun. */
export function currentPeriod(name: ScheduledJobName, now: Date, zone: string): string {
  return name === 'daily-reminders' ? localDay(now, zone) : localMonth(now, zone);
}

/** The period that a run is for where none is named: today, or the month before this one. */
export function defaultPeriod(name: ScheduledJobName, now: Date, zone: string): string {
  const present = currentPeriod(name, now, zone);
  return name === 'daily-reminders' ? present : addMonths(present, -1);
}

/** Whether all that a monthly report tells about has happened. */
export function isMonthOver(month: string, now: Date, zone: string): boolean {
  return monthPeriod(month, zone).end <= now;
}

/** A period that is due, and since when. */
export interface DuePeriod {
  readonly period: string;
  readonly since: Date;
}

/** The day whose reminders are due: today, once their time has come. A day that is over is not. */
export function dueReminders(now: Date, schedule: Schedule): DuePeriod[] {
  const { timezone, reminderHour: hour, reminderMinute: minute } = schedule;
  const period = localDay(now, timezone);
  const since = wallClock(period, { hour, minute }, timezone);
  return now >= since ? [{ period, since }] : [];
}

/**
 * The months whose reports are due, the earliest first: each from the 1st of the next one on, at
 * nine. That is the latest month, and those after the last run that passed while the program was
 * down.
 */
export function dueReports(now: Date, { timezone }: Schedule, lastRun?: string): DuePeriod[] {
  const present = localMonth(now, timezone);
  const months = Array.from({ length: MAX_MISSED_MONTHS }, (_, index) => {
    const period = addMonths(present, -1 - index);
    const first = `${addMonths(period, 1)}-01`;
    return { period, since: wallClock(first, REPORT_TIME, timezone) };
  }).filter(({ since }) => now >= since);
  const [latest] = months;
  const isDue = ({ period }: DuePeriod) =>
    period === latest?.period || (lastRun !== undefined && period >= lastRun);
  return months.filter(isDue).toReversed();
}

/** Everything that is due by now. */
export function duePeriods(
  now: Date,
  schedule: Schedule,
): { readonly name: ScheduledJobName; readonly period: string }[] {
  const named = (name: ScheduledJobName, due: readonly DuePeriod[]) =>
    due.map(({ period }) => ({ name, period }));
  return [
    ...named('daily-reminders', dueReminders(now, schedule)),
    ...named('monthly-reports', dueReports(now, schedule)),
  ];
}
