import { THREE_ATTEMPTS } from '../../platform/queue/job-kind.js';
import { addMonths, localMonth, wallClock } from '../../platform/time/calendar.js';
import { isMonthOver, MONTHLY, previousMonth } from '../scheduling/period-kinds.js';
import type { DuePeriod, ScheduledJob } from '../scheduling/scheduled-job.js';
import { countReportsSince } from './report-queries.js';

/** Local time on the 1st of the next month. */
const REPORT_TIME = { hour: 9, minute: 0 };
/** After a long downtime, the reports of at most this many months are made. */
const MAX_MISSED_MONTHS = 12;

/**
 * Makes the reports of a month, on the 1st of the next one at 09:00. Reports that were missed
 * during a downtime are made afterwards.
 */
export const monthlyReports: ScheduledJob = {
  name: 'monthly-reports',
  retry: THREE_ATTEMPTS,
  period: MONTHLY,
  isCurrentOnly: false,
  defaultPeriod: previousMonth,
  due(now, { timezone }, lastMonth) {
    const current = localMonth(now, timezone);
    const months = Array.from({ length: MAX_MISSED_MONTHS }, (_, index) => {
      const period = addMonths(current, -1 - index);
      const first = `${addMonths(period, 1)}-01`;
      return { period, since: wallClock(first, REPORT_TIME, timezone) };
    }).filter(({ since }) => now >= since);
    const [latest] = months;
    const isDue = ({ period }: DuePeriod) =>
      period === latest?.period || (lastMonth !== undefined && period >= lastMonth);
    return months.filter(isDue).toReversed();
  },
  isEarly: ({ period, startedAt }, zone) => !isMonthOver(period, startedAt, zone),
  // Reports that were made before the run was started do not count, because they are made again.
  countProcessed: (database, { period, startedAt }) =>
    countReportsSince(database, period, startedAt),
  async deleteStored(tx, period) {
    await tx.sql`DELETE FROM reports WHERE period = ${period}`;
  },
};
