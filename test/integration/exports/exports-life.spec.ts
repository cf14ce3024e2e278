import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Housekeeping } from '../../../src/jobs/housekeeping.js';
import {
  downloadExport,
  exportCsv,
  finishExport,
  requestExport,
  exportStatus,
  waitForExport,
} from '../../support/scenes/exports.js';
import { createLot, createMember, type TestAccount } from '../../support/data/factories.js';
import { FixedClock } from '../../support/app/fixed-clock.js';
import { insertBookings } from '../../support/data/many-bookings.js';
import { startTestApp, type TestApp } from '../../support/app/test-app.js';
import { expectProblem } from '../../support/http/problems.js';
import { countRows, ON_POSTGRES, queryDatabase } from '../../support/data/test-database.js';
import { DAY } from '../../../src/platform/time/durations.js';

describe('an export', () => {
  let clock: FixedClock;
  let vpms: TestApp;
  let driver: TestAccount;

  const query = <Row extends object>(sql: string) => queryDatabase<Row>(vpms.dataDirectory, sql);
  const count = (table: string, condition?: string) =>
    countRows(vpms.dataDirectory, table, condition);

  beforeEach(async () => {
    clock = new FixedClock();
    // Tokens stay valid longer than exports.
    const environment = { JWT_EXPIRES_IN: String(30 * 86_400) };
    vpms = await startTestApp({ clock, environment });
    driver = await createMember(vpms);
  });
  afterEach(() => vpms[Symbol.asyncDispose]());

  it('shows its progress while it is written', async () => {
    await insertBookings(vpms, { username: driver.username, count: 20_000 });
    const task = await requestExport(vpms.http, driver.token);
    const seen = new Set<number>();
    const totals = new Set<number>();
    let { body } = await exportStatus(task);
    while (body.status !== 'completed') {
      expect(body).toMatchObject({ finished_at: null, expires_at: null, download_url: null });
      if (body.status === 'processing') {
        totals.add(body.total_bookings);
        seen.add(body.processed);
      }
      ({ body } = await exportStatus(task));
    }
    expect(seen.size).toBeGreaterThan(3);
    expect([...totals]).toEqual([20_000]);
    expect([...seen]).toEqual([...seen].toSorted((a, b) => a - b));
    expect(body).toEqual({
      task_id: task.id,
      status: 'completed',
      message: 'The export is ready.',
      filename: 'vpms-bookings-20260301-093000.csv',
      total_bookings: 20_000,
      processed: 20_000,
      created_at: '2026-03-01T09:30:00.000Z',
      finished_at: '2026-03-01T09:30:00.000Z',
      expires_at: '2026-03-02T09:30:00.000Z',
      download_url: `/api/user/export-csv-download/${task.id}`,
    });
  });

  it('cannot be downloaded before it is written', async () => {
    await insertBookings(vpms, { username: driver.username, count: 20_000 });
    const task = await requestExport(vpms.http, driver.token);
    const early = await downloadExport(task);
    expectProblem(early, '409 EXPORT_NOT_READY');
    await waitForExport(task, 'completed');
  });

  it('is the same for all requests while it is unfinished', async () => {
    await insertBookings(vpms, { username: driver.username, count: 20_000 });
    const { token } = driver;
    const responses = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        index % 2
          ? vpms.http.get('/api/user/export-csv', { token })
          : vpms.http.post('/api/user/export-csv-async', { token }),
      ),
    );
    expect(responses.map(({ status }) => status)).toEqual(responses.map(() => 202));
    const ids = new Set<string>(responses.map(({ body }) => body.task_id));
    expect(ids.size).toBe(1);
    const [id = ''] = ids;
    const later = await requestExport(vpms.http, token);
    expect(later.id).toBe(id);
    await waitForExport({ id, token, http: vpms.http }, 'completed');
  });

  it('is invisible to other drivers', async () => {
    const task = await finishExport(vpms.http, driver.token);
    const { token } = await createMember(vpms);
    expect((await exportStatus({ ...task, token })).status).toBe(404);
    expect((await downloadExport({ ...task, token })).status).toBe(404);
    for (const id of ['1', 'x'.repeat(500), '%00', '%F0%9F%9A%97', `${task.id}%20`]) {
      expect((await exportStatus({ ...task, id })).status, id).toBe(404);
    }
  });

  it('expires after a day', async () => {
    const task = await finishExport(vpms.http, driver.token);
    clock.advance(DAY - 1);
    expect((await downloadExport(task)).status).toBe(200);
    clock.advance(1);
    const { body } = await exportStatus(task);
    expect(body).toMatchObject({ status: 'completed', download_url: null });
    const replaced = await downloadExport(task);
    expectProblem(replaced, '410 EXPORT_EXPIRED');
  });

  it('that a newer one has replaced stays expired if the clock is set back', async () => {
    const { id: lotId } = await createLot(vpms);
    const exportAnother = async () => {
      await vpms.as(driver).stay(lotId);
      return finishExport(vpms.http, driver.token);
    };
    const replaced = await exportAnother();
    const newest = await exportAnother();
    expectProblem(await downloadExport(replaced), '410 EXPORT_EXPIRED');
    clock.advance(-60_000);
    expectProblem(await downloadExport(replaced), '410 EXPORT_EXPIRED');
    expect((await exportStatus(replaced)).body.download_url).toBe(null);
    expect((await downloadExport(newest)).status).toBe(200);
    expect((await requestExport(vpms.http, driver.token)).id).toBe(newest.id);
  });

  it('is not found a week after it has expired', async () => {
    const task = await finishExport(vpms.http, driver.token);
    clock.advance(8 * DAY - 1);
    expect((await exportStatus(task)).status).toBe(200);
    expect((await downloadExport(task)).status).toBe(410);
    clock.advance(1);
    expect((await exportStatus(task)).status).toBe(404);
    expect((await downloadExport(task)).status).toBe(404);
  });

  it('is deleted: its file after it expired, its row a week later', async () => {
    const housekeeping = vpms.app.get(Housekeeping);
    await finishExport(vpms.http, driver.token);
    clock.advance(DAY);
    await housekeeping.run();
    const other = await createMember(vpms);
    const fresh = await finishExport(vpms.http, other.token);
    expect(await count('exports')).toBe(2);

    clock.advance(1);
    await housekeeping.run();
    expect(await count('export_chunks', `export_id <> '${fresh.id}'`)).toBe(0);
    expect(await count('export_chunks')).toBeGreaterThan(0);
    expect(await count('exports')).toBe(2);

    clock.advance(7 * DAY);
    await housekeeping.run();
    expect(await query('SELECT id FROM exports')).toEqual([{ id: fresh.id }]);
    expect(await count('export_chunks')).toBe(0);
  });

  // The triggers of this test are in SQLite's dialect.
  it.skipIf(ON_POSTGRES)('fails after three attempts, and a new one can be requested', async () => {
    await query(`CREATE TRIGGER full_disk BEFORE INSERT ON export_chunks
      BEGIN SELECT RAISE(ABORT, 'the disk is full'); END`);
    await countAttempts(vpms);
    const task = await requestExport(vpms.http, driver.token);
    const body = await waitForExport(task, 'failed');
    expect(body).toMatchObject({ message: 'The export has failed; request a new one.' });
    expect(body).toMatchObject({ download_url: null, finished_at: '2026-03-01T09:30:00.000Z' });
    const refused = await downloadExport(task);
    expect(refused.status).toBe(409);
    expect(refused.text).not.toContain('disk');

    const [first = 0, second = 0, third = 0, ...more] = (
      await query<{ at: number }>('SELECT at FROM attempts ORDER BY at')
    ).map(({ at }) => at);
    expect(more).toEqual([]);
    expect(second - first).toBeGreaterThanOrEqual(900);
    expect(third - second).toBeGreaterThanOrEqual(1_900);
    const [row] = await query<{ error: string }>('SELECT error FROM exports');
    expect(row?.error).toContain('the disk is full');

    await query('DROP TRIGGER full_disk');
    const next = await requestExport(vpms.http, driver.token);
    expect(next.id).not.toBe(task.id);
    await waitForExport(next, 'completed');
    expect((await exportStatus(task)).body.status).toBe('failed');
  });

  // The triggers of this test are in SQLite's dialect.
  it.skipIf(ON_POSTGRES)('recovers from a temporary failure', async () => {
    await countAttempts(vpms);
    await query(`CREATE TRIGGER twice BEFORE INSERT ON export_chunks
      WHEN (SELECT COUNT(*) FROM attempts) < 3 BEGIN SELECT RAISE(ABORT, 'not now'); END`);
    const task = await finishExport(vpms.http, driver.token);
    expect(await count('attempts')).toBe(3);
    expect((await downloadExport(task)).text).toMatch(/^Reservation ID,/);
  });

  it.each([
    ['the first chunk', 'position = 0'],
    ['the last chunk', 'position = (SELECT MAX(position) FROM export_chunks)'],
  ])('aborts the download if %s is missing', async (_, condition) => {
    await insertBookings(vpms, { username: driver.username, count: 5_000 });
    const task = await finishExport(vpms.http, driver.token);
    expect(await count('export_chunks')).toBeGreaterThan(2);
    await query(`DELETE FROM export_chunks WHERE ${condition}`);
    const broken = await downloadExport(task).catch((error: unknown) => error);
    expect(broken instanceof TypeError || (broken as { status: number }).status >= 500).toBe(true);
    expect((await exportStatus(task)).status).toBe(200);
  });

  it('returns headers on HEAD', async () => {
    await exportCsv(vpms.http, driver.token);
    const task = await finishExport(vpms.http, driver.token);
    const { status, headers, text } = await vpms.http.request(
      'HEAD',
      `/api/user/export-csv-download/${task.id}`,
      { token: driver.token },
    );
    expect(status).toBe(200);
    expect(text).toBe('');
    expect(headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(headers.get('content-disposition')).toMatch(/^attachment; filename="[\w-]+\.csv"$/);
  });
});

/** Makes the database record the start of each attempt. */
async function countAttempts({ dataDirectory }: TestApp): Promise<void> {
  await queryDatabase(dataDirectory, 'CREATE TABLE attempts (at integer)');
  await queryDatabase(
    dataDirectory,
    `CREATE TRIGGER attempt AFTER UPDATE OF total_bookings ON exports
    WHEN NEW.status = 'processing'
    BEGIN INSERT INTO attempts VALUES (unixepoch('subsec') * 1000); END`,
  );
}
