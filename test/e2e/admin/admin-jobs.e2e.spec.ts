import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FixedClock } from '../../support/app/fixed-clock.js';
import { createMember, type TestAccount } from '../../support/data/factories.js';
import { finishedRun } from '../../support/app/job-runs.js';
import { expectProblem } from '../../support/http/problems.js';
import { startTestApp, type TestApp } from '../../support/app/test-app.js';
import { loginAdmin } from '../../support/http/login.js';

describe('the job routes', () => {
  const clock = new FixedClock('2026-03-15T20:00:00.000Z');
  let vpms: TestApp;
  let token: string;
  let driver: TestAccount;

  beforeAll(async () => {
    // In this time zone it is already the 16th.
    vpms = await startTestApp({ clock, environment: { TIMEZONE: 'Asia/Kolkata' } });
    token = await loginAdmin(vpms);
    driver = await createMember(vpms);
  });
  afterAll(() => vpms[Symbol.asyncDispose]());

  const run = (name: string, body?: unknown) =>
    vpms.http.post(`/api/admin/jobs/${name}/run`, { token, body });

  it('run the reminders of today and the reports of last month by default', async () => {
    const reminders = await run('daily-reminders');
    expect(reminders.status).toBe(202);
    expect(reminders.body).toEqual({
      id: expect.any(Number) as number,
      name: 'daily-reminders',
      period: '2026-03-16',
      status: 'running',
      started_at: '2026-03-15T20:00:00.000Z',
      finished_at: null,
      processed: 0,
      failed: 0,
      error: null,
    });
    const done = await finishedRun(vpms.http, token, reminders.body.id);
    expect(done).toMatchObject({ status: 'completed', finished_at: '2026-03-15T20:00:00.000Z' });
    const reports = await run('monthly-reports', {});
    expect(reports).toMatchObject({ status: 202, body: { period: '2026-02' } });
    await finishedRun(vpms.http, token, reports.body.id);
  });

  it('accept the current period, earlier months, and never a later period', async () => {
    for (const [name, period] of [
      ['monthly-reports', '2026-03'],
      ['monthly-reports', '2025-12'],
    ] as const) {
      const response = await run(name, { period });
      expect(response).toMatchObject({ status: 202, body: { name, period } });
      await finishedRun(vpms.http, token, response.body.id);
    }
    for (const [name, period] of [
      ['daily-reminders', '2026-03-17'],
      ['monthly-reports', '2026-04'],
    ] as const) {
      const response = await run(name, { period });
      expect(response).toMatchObject({ status: 400, body: { errors: [{ field: 'period' }] } });
    }
  });

  it.each([
    ['daily-reminders', '2026-03'],
    ['daily-reminders', '2026-02-30'],
    ['daily-reminders', '2026-03-15'],
    ['daily-reminders', '2026-03-01'],
    ['daily-reminders', ''],
    ['monthly-reports', '2026-03-01'],
    ['monthly-reports', '2026-00'],
    ['monthly-reports', 202603],
    ['monthly-reports', null],
  ])('refuse to run %s for the period %j', async (name, period) => {
    expect(await run(name, { period })).toMatchObject({
      status: 400,
      body: { code: 'VALIDATION_FAILED', errors: [{ field: 'period' }] },
    });
  });

  it('refuse completed periods, unknown jobs, unknown fields and drivers', async () => {
    const again = await run('monthly-reports', { period: '2026-02' });
    expectProblem(again, '409 PERIOD_COMPLETED');
    expectProblem(await run('export'), '404 JOB_NOT_FOUND');
    const report = await vpms.http.get('/api/user/reports/2026-01', { token: driver.token });
    expectProblem(report, '404 REPORT_NOT_FOUND');
    expect(await run('constructor')).toMatchObject({ status: 404 });
    expect(await run('monthly-reports', { month: '2026-01' })).toMatchObject({ status: 400 });
    const { http } = vpms;
    expect((await http.get('/api/admin/jobs')).status).toBe(401);
    expect((await http.get('/api/admin/jobs', { token: driver.token })).status).toBe(403);
    const path = '/api/admin/jobs/daily-reminders/run';
    expect((await http.post(path)).status).toBe(401);
    expect((await http.post(path, { token: driver.token })).status).toBe(403);
  });

  it('list runs newest first, page by page', async () => {
    const all = (await vpms.http.get('/api/admin/jobs', { token })).body as { id: number }[];
    expect(all.length).toBeGreaterThan(3);
    expect(all.map(({ id }) => id)).toEqual(all.map(({ id }) => id).toSorted((a, b) => b - a));
    const seen: unknown[] = [];
    let path: string | undefined = '/api/admin/jobs?limit=2';
    while (path) {
      const response = await vpms.http.get(path, { token });
      expect(response.body.length).toBeLessThanOrEqual(2);
      seen.push(...response.body);
      path = /<(.+)>/.exec(response.headers.get('link') ?? '')?.[1];
    }
    expect(seen).toEqual(all);
    for (const query of ['limit=0', 'limit=501', 'limit=x', 'cursor=x'])
      expect((await vpms.http.get(`/api/admin/jobs?${query}`, { token })).status).toBe(400);
  });
});
