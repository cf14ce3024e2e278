import { SchedulerRegistry } from '@nestjs/schedule';
import { afterEach, describe, expect, it } from 'vitest';
import { Housekeeping } from '../../../src/jobs/housekeeping.js';
import { Scheduler } from '../../../src/jobs/scheduling/scheduler.js';
import { TransactionRunner } from '../../../src/platform/database/transaction-runner.js';
import { DAY, HOUR } from '../../../src/platform/time/durations.js';
import { downloadExport, requestExport, waitForExport } from '../../support/scenes/exports.js';
import { FixedClock } from '../../support/app/fixed-clock.js';
import { listRuns, waitUntil } from '../../support/app/job-runs.js';
import { startTestApp, type TestApp } from '../../support/app/test-app.js';
import { createLot, createMember } from '../../support/data/factories.js';
import { recordBookings } from '../../support/data/past-bookings.js';
import { queryDatabase } from '../../support/data/test-database.js';
import { loginAdmin } from '../../support/http/login.js';
import { expectProblem } from '../../support/http/problems.js';
import { MailServer } from '../../support/servers/mail-server.js';

const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const thing of open.splice(0).toReversed()) await thing[Symbol.asyncDispose]();
});

/** A program that was first started while the clock was a year ahead. */
async function installedAhead() {
  const mailServer = await MailServer.start();
  const clock = new FixedClock('2027-03-10T12:00:00Z');
  const environment = {
    TIMEZONE: 'UTC',
    REMINDER_HOUR: '18',
    JWT_EXPIRES_IN: String((2 * DAY) / 1000),
    ...mailServer.environment,
  };
  const start = async (dataDirectory?: string): Promise<TestApp> => {
    const vpms = await startTestApp({ clock, environment, dataDirectory });
    for (const job of vpms.app.get(SchedulerRegistry).getCronJobs().values()) await job.stop();
    return vpms;
  };
  let vpms = await start();
  open.push(mailServer, { [Symbol.asyncDispose]: () => vpms[Symbol.asyncDispose]() });
  const setTo = async (now: string, way: 'running' | 'restarted' = 'running') => {
    clock.set(now);
    if (way === 'restarted') {
      await vpms.stop();
      vpms = await start(vpms.dataDirectory);
    }
    await vpms.app.get(Scheduler).tick();
    return vpms;
  };
  const query = <Row extends object>(sql: string) => queryDatabase<Row>(vpms.dataDirectory, sql);
  /** The finished runs, oldest first. */
  const runs = async (): Promise<string[]> => {
    const token = await loginAdmin(vpms);
    const all = await waitUntil(async () => {
      const list = await listRuns(vpms.http, token);
      return list.every(({ status }) => status !== 'running') ? list : undefined;
    });
    return all.toReversed().map(({ name, period }) => `${name} ${period}`);
  };
  return { vpms, mailServer, clock, setTo, runs, query };
}

describe('after a first start with the clock a year ahead', () => {
  it.each(['running', 'restarted'] as const)(
    'reminders and reports are due when the clock is right again (%s)',
    async (way) => {
      const { vpms, setTo, runs } = await installedAhead();
      const lot = await createLot(vpms);
      const { id: userId } = await createMember(vpms);
      await recordBookings(vpms, [
        {
          userId,
          lotId: lot.id,
          parkedAt: '2026-03-01T10:00:00Z',
          leftAt: '2026-03-01T11:00:00Z',
        },
      ]);
      await setTo('2026-03-10T12:00:00Z', way);
      expect(await runs()).toEqual([]);
      await setTo('2026-03-10T18:00:00Z');
      expect(await runs()).toEqual(['daily-reminders 2026-03-10']);
      await setTo('2026-04-01T09:00:00Z');
      expect(await runs()).toContain('monthly-reports 2026-03');
    },
  );

  it('runs made meanwhile do not complete periods that have not begun', async () => {
    const { vpms, mailServer, setTo, runs, query } = await installedAhead();
    const lot = await createLot(vpms);
    const { id: userId, username } = await createMember(vpms);
    await setTo('2027-04-02T18:00:00Z');
    const before = await runs();
    expect(before).toEqual(['daily-reminders 2027-04-02', 'monthly-reports 2027-03']);
    expect(mailServer.counts().get(`${username}@example.com`)).toBe(1);

    await setTo('2027-03-31T12:00:00Z');
    // The period of the reports has begun but is not over: they are made again later.
    expect(await runs()).toEqual(['monthly-reports 2027-03']);
    expect(await query('SELECT * FROM deliveries')).toEqual([]);
    await recordBookings(vpms, [
      { userId, lotId: lot.id, parkedAt: '2027-03-20T12:00:00Z', leftAt: '2027-03-20T13:00:00Z' },
    ]);
    await setTo('2027-04-01T09:00:00Z');
    expect(await runs()).toContain('monthly-reports 2027-03');
    await waitUntil(() => mailServer.counts().get(`${username}@example.com`) === 2 || undefined);
    await setTo('2027-04-02T18:00:00Z');
    expect(await runs()).toContain('daily-reminders 2027-04-02');
    await waitUntil(() => mailServer.counts().get(`${username}@example.com`) === 3 || undefined);
  });

  it('records that were created ahead count as created when the clock was set back', async () => {
    const { vpms, clock, setTo, query } = await installedAhead();
    const driver = await createMember(vpms);
    await vpms.app
      .get(TransactionRunner)
      .run((tx) => tx.sql`UPDATE accounts SET created_at = ${clock.now().getTime()}`);
    const task = await requestExport(vpms.http, driver.token);
    await waitForExport(task, 'completed');
    const key = { token: driver.token, headers: { 'idempotency-key': 'a' } };
    await vpms.http.post('/api/user/export-csv-async', key);
    await query(`INSERT INTO jobs (id, name, payload, run_at, status, attempts, created_at,
      lease_until, finished_at) VALUES
      ('a', 'x', '{}', 0, 'running', 1, 0, ${clock.now().getTime() + 30_000}, NULL),
      ('b', 'x', '{}', ${clock.now().getTime() + 2_000}, 'pending', 1, 0, NULL, NULL),
      ('c', 'x', '{}', ${clock.now().getTime() + 2_000}, 'pending', 0, 0, NULL, NULL),
      ('d', 'x', '{}', 0, 'completed', 1, 0, NULL, ${clock.now().getTime()})`);
    const before = clock.now().getTime();
    await query(`INSERT INTO account_links (digest, purpose, account_id, bound_to, created_at,
        expires_at) VALUES
      ('r', 'reset', ${driver.id}, '', ${before}, ${before + HOUR}),
      ('c', 'confirm', ${driver.id}, '', ${before}, ${before + 30 * DAY})`);

    await setTo('2026-03-10T12:00:00Z');
    const now = clock.now().getTime();
    const [account] = await query(`SELECT created_at FROM accounts WHERE id = ${driver.id}`);
    expect(account).toEqual({ created_at: now });
    expect(await query('SELECT created_at, finished_at, expires_at FROM exports')).toEqual([
      { created_at: now, finished_at: now, expires_at: now + DAY },
    ]);
    expect(await query('SELECT created_at FROM idempotency_records')).toEqual([
      { created_at: now },
    ]);
    expect(
      await query(`SELECT id, run_at, lease_until FROM jobs WHERE name = 'x' ORDER BY id`),
    ).toEqual([
      { id: 'a', run_at: 0, lease_until: now + 60_000 },
      { id: 'b', run_at: now + 3_600_000, lease_until: null },
      { id: 'c', run_at: before + 2_000, lease_until: null },
    ]);

    expect(
      await query('SELECT digest, created_at, expires_at FROM account_links ORDER BY digest'),
    ).toEqual([
      { digest: 'c', created_at: now, expires_at: now + 30 * DAY },
      { digest: 'r', created_at: now, expires_at: now + DAY },
    ]);

    // The file expires a day later, and is deleted a week after that.
    expect((await downloadExport(task)).status).toBe(200);
    clock.advance(DAY);
    expect((await downloadExport(task)).status).toBe(410);
    expect((await vpms.as(driver).get('/api/auth/me')).status).toBe(200);
    clock.advance(DAY);
    expectProblem(await vpms.as(driver).get('/api/auth/me'), '401 TOKEN_EXPIRED');
    clock.advance(6 * DAY + 1);
    await vpms.app.get(Housekeeping).run();
    expect(await query('SELECT id FROM exports')).toEqual([]);
    expect(await query('SELECT created_at FROM idempotency_records')).toEqual([]);
  });
});
