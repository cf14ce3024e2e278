import { afterEach, describe, expect, it } from 'vitest';
import { monthlyReports } from '../../../../src/jobs/reports/monthly-reports.js';
import { Scheduler } from '../../../../src/jobs/scheduling/scheduler.js';
import { ReadDatabase } from '../../../../src/platform/database/read-database.js';
import { HOUR } from '../../../../src/platform/time/durations.js';
import { FixedClock } from '../../../support/app/fixed-clock.js';
import { listRuns, runJob, waitUntil } from '../../../support/app/job-runs.js';
import { startTestApp } from '../../../support/app/test-app.js';
import { createLot, createMember } from '../../../support/data/factories.js';
import { loginAdmin } from '../../../support/http/login.js';
import { MailServer } from '../../../support/servers/mail-server.js';

const NAME = monthlyReports.name;
const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const thing of open.splice(0).toReversed()) await thing[Symbol.asyncDispose]();
});

interface Stored {
  readonly lots: readonly { bookings: number; spent: number; parked: number }[];
  readonly days: readonly number[];
}

async function start(now: string, zone = 'UTC') {
  const mailServer = await MailServer.start();
  const clock = new FixedClock(now);
  const environment = {
    TIMEZONE: zone,
    JWT_EXPIRES_IN: '31536000',
    ...mailServer.environment,
  };
  const vpms = await startTestApp({ clock, environment });
  open.push(mailServer, vpms);
  const driver = await createMember(vpms);
  const lot = await createLot(vpms, { pricePerHour: 4250 });
  const token = await loginAdmin(vpms);
  const run = (period: string) => runJob(vpms.http, token, { name: NAME, period });
  const book = async (): Promise<number> => (await vpms.as(driver).park(lot.id)).id;
  const release = async (id: number): Promise<number> => (await vpms.as(driver).leave(id)).cost;
  /** Bookings, amount, hours, and the days with a charge, of the driver's report. */
  const report = async (period: string) => {
    const [row] = await vpms.app.get(ReadDatabase).sql<{ content: string }[]>`
      SELECT content FROM reports WHERE user_id = ${driver.id} AND period = ${period}`;
    if (!row) return undefined;
    const { lots, days } = JSON.parse(row.content) as Stored;
    const [{ bookings, spent, parked } = { bookings: 0, spent: 0, parked: 0 }] = lots;
    const charged = days.flatMap((amount, index) => (amount > 0 ? [index + 1] : []));
    return { bookings, spent: spent / 100, hours: parked / HOUR, charged };
  };
  const page = async (period: string) =>
    (await vpms.http.get(`/api/user/reports/${period}`, { token: driver.token })).text;
  return { vpms, mailServer, clock, driver, token, run, book, release, report, page };
}

describe('the report of a month', () => {
  it('contains its part of a stay across the end of the month: hours when parked, spending when charged', async () => {
    const { vpms, clock, driver, run, book, release, report } = await start('2026-03-31T20:00:00Z');
    const stay = await book();
    clock.set('2026-04-01T12:00:00Z');
    expect(await release(stay)).toBe(680);
    clock.set('2026-05-01T09:00:00Z');
    for (const month of ['2026-02', '2026-03', '2026-04']) await run(month);
    expect(await report('2026-02')).toBeUndefined();
    expect(await report('2026-03')).toEqual({ bookings: 1, spent: 0, hours: 4, charged: [] });
    expect(await report('2026-04')).toEqual({ bookings: 1, spent: 680, hours: 12, charged: [1] });
    const { body } = await vpms.http.get('/api/user/stats', { token: driver.token });
    expect(body.totalSpent).toBe(680);
  });

  it('splits a stay at the local end of the month, and contains one that lasts all month', async () => {
    const { clock, run, book, release, report } = await start(
      '2026-01-31T18:00:00Z',
      'Asia/Kolkata',
    );
    // The month ends at 18:30 UTC.
    const stay = await book();
    clock.set('2026-03-10T00:00:00Z');
    await run('2026-01');
    await run('2026-02');
    expect(await report('2026-02')).toMatchObject({ bookings: 1, spent: 0, hours: 28 * 24 });
    clock.set('2026-03-31T18:30:00Z');
    const cost = await release(stay);
    clock.set('2026-05-01T09:00:00Z');
    await run('2026-03');
    await run('2026-04');
    expect(await report('2026-01')).toMatchObject({ bookings: 1, spent: 0, hours: 0.5 });
    expect(await report('2026-03')).toMatchObject({ bookings: 1, spent: 0, hours: 31 * 24 });
    // The booking ended at the first instant of April.
    expect(await report('2026-04')).toEqual({ bookings: 1, spent: cost, hours: 0, charged: [1] });
  });

  it('made early shows figures so far, is not mailed, and is replaced and mailed later', async () => {
    const { vpms, mailServer, clock, token, run, book, release, report, page } =
      await start('2026-03-02T10:00:00Z');
    const first = await book();
    clock.advance(HOUR);
    await release(first);
    clock.set('2026-03-15T00:00:00Z');
    const early = await run('2026-03');
    expect(early).toMatchObject({ status: 'completed', processed: 1, failed: 0 });
    expect(early.error).toContain('nothing was mailed');
    expect(await page('2026-03')).toContain('March 2026 so far');

    const second = await book();
    clock.advance(2 * HOUR);
    await release(second);
    // An early run does not complete the period.
    expect((await run('2026-03')).id).toBe(early.id);
    expect(await report('2026-03')).toMatchObject({ bookings: 2, spent: 127.5, hours: 3 });
    expect(mailServer.received).toEqual([]);

    clock.set('2026-04-01T09:00:00Z');
    await vpms.app.get(Scheduler).tick();
    await waitUntil(async () => {
      const [latest] = await listRuns(vpms.http, token);
      return (
        (latest?.status === 'completed' && latest.started_at.startsWith('2026-04')) || undefined
      );
    });
    expect(mailServer.received).toHaveLength(1);
    const [mail] = mailServer.received;
    expect(mail?.parsed.subject).toBe('Your parking in March 2026');
    expect(mail?.parsed.text).toContain('- Central: 2 bookings, 3.0 hours, INR 127.50');
    expect(await page('2026-03')).not.toContain('so far');
    const again = await vpms.http.post(`/api/admin/jobs/${NAME}/run`, {
      token,
      body: { period: '2026-03' },
    });
    expect(again).toMatchObject({ status: 409, body: { code: 'PERIOD_COMPLETED' } });
  });

  it('shows no negative hours if the clock was set back', async () => {
    const { clock, run, book, report, page } = await start('2026-03-10T12:00:00Z');
    await book();
    clock.set('2026-03-10T07:00:00Z');
    await run('2026-03');
    expect(await report('2026-03')).toMatchObject({ bookings: 1, spent: 0, hours: 0 });
    expect(await page('2026-03')).not.toMatch(/>[-−]\d/);
  });
});

describe('a run of daily-reminders', () => {
  it.each(['2026-03-09', '2026-03-11', '2025-03-10', '2026-03'])(
    'is refused for the period %s',
    async (period) => {
      const { vpms, token } = await start('2026-03-10T12:00:00Z');
      const response = await vpms.http.post('/api/admin/jobs/daily-reminders/run', {
        token,
        body: { period },
      });
      expect(response).toMatchObject({
        status: 400,
        body: { code: 'VALIDATION_FAILED', errors: [{ field: 'period' }] },
      });
      expect(await listRuns(vpms.http, token)).toEqual([]);
    },
  );
});
