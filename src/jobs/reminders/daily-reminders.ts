import { THREE_ATTEMPTS } from '../../platform/queue/job-kind.js';
import { localDay, wallClock } from '../../platform/time/calendar.js';
import { countDelivered } from '../deliveries/deliveries.js';
import { subjectOf } from '../scheduling/job-run.entity.js';
import { DAILY } from '../scheduling/period-kinds.js';
import type { ScheduledJob } from '../scheduling/scheduled-job.js';

/** Reminds drivers, each day at `REMINDER_HOUR:REMINDER_MINUTE`. A missed day is skipped. */
export const dailyReminders: ScheduledJob = {
  name: 'daily-reminders',
  retry: THREE_ATTEMPTS,
  period: DAILY,
  isCurrentOnly: true,
  defaultPeriod: localDay,
  due(now, { timezone, reminderHour: hour, reminderMinute: minute }) {
    const period = localDay(now, timezone);
    const since = wallClock(period, { hour, minute }, timezone);
    return now >= since ? [{ period, since }] : [];
  },
  isEarly: () => false,
  countProcessed(database, { period }) {
    return countDelivered(database, subjectOf({ name: dailyReminders.name, period }));
  },
};
