import type { MonthlyStatistics } from '../../../src/jobs/reports/monthly-statistics.js';
import { ReadDatabase } from '../../../src/platform/database/read-database.js';
import { loginAdmin } from '../http/login.js';
import { MailServer } from '../servers/mail-server.js';
import { FixedClock } from '../app/fixed-clock.js';
import { runJob } from '../app/job-runs.js';
import { startTestApp } from '../app/test-app.js';
import { untilEndOfTest } from '../app/until-end-of-test.js';

export const REPORTS = 'monthly-reports';

interface Setting {
  readonly now: string;
  readonly zone?: string;
  readonly currency?: string;
}

/** Starts a program that mails reports; it ends with the test. */
export async function startReports({ now, zone = 'UTC', currency = 'INR' }: Setting) {
  const mailServer = untilEndOfTest(await MailServer.start());
  const clock = new FixedClock(now);
  const environment = { TIMEZONE: zone, CURRENCY: currency, ...mailServer.environment };
  const vpms = untilEndOfTest(await startTestApp({ clock, environment }));
  const token = await loginAdmin(vpms);
  const run = (period?: string) => runJob(vpms.http, token, { name: REPORTS, period });
  const statisticsOf = async (userId: number) => {
    const [row] = await vpms.app.get(ReadDatabase).sql<{ content: string }[]>`
      SELECT content FROM reports WHERE user_id = ${userId}`;
    return row && (JSON.parse(row.content) as MonthlyStatistics);
  };
  return { vpms, mailServer, clock, token, run, statisticsOf };
}
