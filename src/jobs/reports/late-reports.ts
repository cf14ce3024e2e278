import { Injectable } from '@nestjs/common';
import { Configuration } from '../../platform/config/configuration.js';
import type { Queryable } from '../../platform/database/queryable.js';
import { ReadDatabase } from '../../platform/database/read-database.js';
import { TransactionRunner } from '../../platform/database/transaction-runner.js';
import { daysOfMonth } from '../../platform/time/calendar.js';
import { Clock } from '../../platform/time/clock.js';
import { DAY, MINUTE } from '../../platform/time/durations.js';
import { MAX_DELAY } from '../../parking/gates/passage.js';
import { JobRun } from '../scheduling/job-run.entity.js';
import { findDriverMonth } from './monthly-statistics.js';
import { monthlyReports } from './monthly-reports.js';
import { storeReport } from './report-queries.js';

/** For how long after the end of a month its reports are completed: longer than a usual downtime. */
const COMPLETED_FOR = 7 * DAY;

/** More time than it takes to read and store a report, or to decide on an event. */
const CONCURRENT = MINUTE;

/**
 * Completes the reports of the last month with stays that gates reported after the reports were made:
 * replaces the driver's report, or creates it if there is none. Nothing is mailed again.
 */
@Injectable()
export class LateReports {
  constructor(
    private readonly database: ReadDatabase,
    private readonly transactions: TransactionRunner,
    private readonly configuration: Configuration,
    private readonly clock: Clock,
  ) {}

  async run(): Promise<void> {
    const { timezone } = this.configuration;
    const now = this.clock.now();
    const month = monthlyReports.defaultPeriod(now, timezone);
    const days = daysOfMonth(month, timezone);
    const end = days.at(-1)?.end.getTime() ?? 0;
    if (now.getTime() > end + COMPLETED_FOR) return;
    const run = await this.database
      .getRepository(JobRun)
      .findOneBy({ name: monthlyReports.name, period: month, status: 'completed' });
    if (!run || monthlyReports.isEarly(run, timezone)) return;
    for (const userId of await listLateDrivers(this.database, run, end)) {
      const driver = await findDriverMonth(this.database, { month, days, now, userId });
      if (!driver) continue;
      const report = { ...driver, period: month, now, replaceBefore: now };
      await this.transactions.run((tx) => storeReport(tx, report));
    }
  }
}

/** Drivers without a report, or with an event of the month that was received after their report was made. */
async function listLateDrivers(
  database: Queryable,
  { period, startedAt }: JobRun,
  end: number,
): Promise<number[]> {
  const rows = await database.sql<{ userId: number }[]>`
    SELECT DISTINCT r.user_id AS "userId"
    FROM gate_events e
    JOIN reservations r ON r.id = e.booking_id
    LEFT JOIN reports ON reports.user_id = r.user_id AND reports.period = ${period}
    WHERE e.received_at >= ${startedAt.getTime()} AND e.received_at < ${end + MAX_DELAY}
      AND e.at < ${end}
      AND (reports.created_at IS NULL OR reports.created_at < e.received_at + ${CONCURRENT})
    ORDER BY r.user_id`;
  return rows.map(({ userId }) => userId);
}
