import { describe, expect, it } from 'vitest';
import { ReadDatabase } from '../../../src/platform/database/read-database.js';
import { TransactionRunner } from '../../../src/platform/database/transaction-runner.js';
import { DAY } from '../../../src/platform/time/durations.js';
import { CSV_HEADER } from '../../support/scenes/exports.js';
import { createLot, createMember } from '../../support/data/factories.js';
import { expectProblem } from '../../support/http/problems.js';
import { EXPORTED_AT, ExportScene } from '../../support/scenes/export-scene.js';

const MALFORMED = ['1', 'abc', '%00', '%2e%2e%2fetc%2fpasswd', "'%20OR%201=1", 'x'.repeat(5000)];

describe('exports', () => {
  const scene = new ExportScene();
  const { clock, vpms, request, status, download, completed, finish } = scene;

  const requestByGet = () => vpms.as(scene.driver).get('/api/user/export-csv');
  const exportAll = async () => {
    return download(await finish());
  };
  const setState = (id: string, state: 'pending' | 'processing' | 'failed') =>
    vpms.app
      .get(TransactionRunner)
      .run((tx) => tx.sql`UPDATE exports SET status = ${state} WHERE id = ${id}`);

  it.each([
    ['GET', '/api/user/export-csv'],
    ['POST', '/api/user/export-csv-async'],
  ])('are requested by %s %s', async (method, path) => {
    const response = await vpms.http.request(method, path, { token: scene.driver.token });
    expect(response.status).toBe(202);
    const { task_id: id } = response.body;
    expect(response.body).toEqual({
      task_id: expect.stringMatching(/^\S+$/),
      status: expect.stringMatching(/^(pending|processing|completed)$/),
      message: expect.stringMatching(/\S/),
      status_url: `/api/user/export-csv-status/${id}`,
    });
    const { token } = scene.driver;
    expect((await vpms.http.get(response.body.status_url, { token })).status).toBe(200);
  });

  it('show their progress and the URL of the file', async () => {
    const { task_id: id } = (await request()).body;
    const body = await completed(id);
    expect(body).toEqual({
      task_id: id,
      status: 'completed',
      message: expect.stringMatching(/\S/),
      filename: expect.stringMatching(/^[\w.-]+\.csv$/),
      total_bookings: 0,
      processed: 0,
      created_at: EXPORTED_AT,
      finished_at: EXPORTED_AT,
      expires_at: '2026-03-02T09:30:00.000Z',
      download_url: `/api/user/export-csv-download/${id}`,
    });
    const file = await vpms.http.get(body.download_url, { token: scene.driver.token });
    expect(file.headers.get('content-disposition')).toBe(`attachment; filename="${body.filename}"`);
    expect(file.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(file).toMatchObject({ status: 200, text: CSV_HEADER });
  });

  it("return the download's headers on HEAD", async () => {
    const id = await finish();
    const path = `/api/user/export-csv-download/${id}`;
    const head = await vpms.http.request('HEAD', path, { token: scene.driver.token });
    expect(head).toMatchObject({ status: 200, text: '' });
    expect(head.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(head.headers.get('content-disposition')).toMatch(/^attachment; filename="/);
    expect((await download(id)).text).toBe(CSV_HEADER);
  });

  it.each(['pending', 'processing'] as const)(
    'are returned to the next requests while they are unfinished: %s',
    async (state) => {
      const first = await finish();
      await setState(first, state);
      const shown = await status(first);
      expect(shown.body).toMatchObject({ status: state, download_url: null });
      expectProblem(await download(first), '409 EXPORT_NOT_READY');
      const [again, byGet] = await Promise.all([request(), requestByGet()]);
      expect([again.body.task_id, byGet.body.task_id]).toEqual([first, first]);
      await completed(first);
    },
  );

  it('are not started by HEAD', async () => {
    const { token } = scene.driver;
    const head = await vpms.http.request('HEAD', '/api/user/export-csv', { token });
    expect(head).toMatchObject({ status: 202, text: '' });
    expect(head.headers.get('content-type')).toBe('application/json; charset=utf-8');
    const unauthorized = await vpms.http.request('HEAD', '/api/user/export-csv');
    expect(unauthorized.status).toBe(401);
    const rows = await vpms.app.get(ReadDatabase).sql`
      SELECT id FROM exports WHERE user_id = ${scene.driver.id}`;
    expect(rows).toEqual([]);
  });

  it('start with a byte order mark and the separator for Excel', async () => {
    const id = await finish();
    // Reads bytes, because fetch removes the byte order mark from a text.
    const bytes = async (query: string) => {
      const url = `${vpms.http.url}/api/user/export-csv-download/${id}${query}`;
      const headers = { authorization: `Bearer ${scene.driver.token}` };
      return Buffer.from(await (await fetch(url, { headers })).arrayBuffer());
    };
    const [plain, excel] = [await bytes(''), await bytes('?for=excel')];
    expect(excel).toEqual(Buffer.concat([Buffer.from('\uFEFFsep=,\r\n'), plain]));
    expect([...excel.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
    const unknown = await vpms
      .as(scene.driver)
      .get(`/api/user/export-csv-download/${id}?for=lotus`);
    expectProblem(unknown, '400 VALIDATION_FAILED');
  });

  it('are shared by concurrent requests of a driver', async () => {
    const responses = await Promise.all(Array.from({ length: 10 }, () => request()));
    const [first] = responses;
    expect(new Set(responses.map(({ body }) => body.task_id)).size).toBeLessThanOrEqual(2);
    expect(first?.status).toBe(202);
    const other = await createMember(vpms);
    expect((await request(other)).body.task_id).not.toBe(first?.body.task_id);
  });

  it('can be requested again after a failure', async () => {
    const id = await finish();
    await setState(id, 'failed');
    expect((await status(id)).body).toMatchObject({ status: 'failed', download_url: null });
    expectProblem(await download(id), '409 EXPORT_NOT_READY');
    expect((await request()).body.task_id).not.toBe(id);
  });

  it('are invisible to other drivers', async () => {
    const id = await finish();
    const other = await createMember(vpms);
    for (const response of [await status(id, other), await download(id, other)]) {
      expectProblem(response, '404 EXPORT_NOT_FOUND');
    }
    expect((await download(id)).status).toBe(200);
  });

  it.each([...MALFORMED, '8d5ff0c7-32b1-4b14-8a50-6f6f0a0f6f6b'])(
    'do not exist under the id %s',
    async (id) => {
      expectProblem(await status(id), '404 EXPORT_NOT_FOUND');
      expectProblem(await download(id), '404 EXPORT_NOT_FOUND');
    },
  );

  it('expire after a day, and are deleted a week later', async () => {
    const id = await finish();
    clock.advance(DAY - 1);
    expect((await download(id)).status).toBe(200);
    clock.advance(1);
    expectProblem(await download(id), '410 EXPORT_EXPIRED');
    expect((await status(id)).body).toMatchObject({ status: 'completed', download_url: null });
    clock.advance(7 * DAY - 1);
    expectProblem(await download(id), '410 EXPORT_EXPIRED');
    clock.advance(1);
    expectProblem(await download(id), '404 EXPORT_NOT_FOUND');
    expectProblem(await status(id), '404 EXPORT_NOT_FOUND');
  });

  describe('the CSV file', () => {
    it('follows RFC 4180, newest first, with all decimals of the cost', async () => {
      const lot = await createLot(vpms, {
        name: 'Lot "A", north',
        address: 'Line 1\nLine 2',
        pricePerHour: 2500,
      });
      const first = await vpms
        .as(scene.driver)
        .park(lot.id, { vehicle_number: 'DL,1', remarks: 'ein\r\nzwei 🚗' });
      clock.advance(5_400_000);
      await vpms.as(scene.driver).leave(first.id);
      const second = await vpms.as(scene.driver).park(lot.id);
      clock.advance(1_200_000);
      const file = await exportAll();
      const place = '"Lot ""A"", north","Line 1\nLine 2"';
      expect(file.text).toBe(
        `${CSV_HEADER}${second.id},${second.spot_id},1,${place},,2026-03-01T11:00:00.000Z,,0.33,,INR,Active,\r\n` +
          `${first.id},${first.spot_id},1,${place},"DL,1",${EXPORTED_AT},2026-03-01T11:00:00.000Z,1.50,50.00,INR,Completed,"ein\r\nzwei 🚗"\r\n`,
      );
    });

    it.each([
      ['=1+1', "'=1+1"],
      ['+1', "'+1"],
      ['-1', "'-1"],
      ['@SUM(A1)', "'@SUM(A1)"],
      ['\tx', "'\tx"],
      ['\rx', '"\'\rx"'],
      ['=HYPERLINK("x","y")', `"'=HYPERLINK(""x"",""y"")"`],
      ['1=1', '1=1'],
      [' =1', ' =1'],
      ["'=1", "'=1"],
    ])('contains %j as text that no spreadsheet evaluates', async (text, cell) => {
      const lot = await createLot(vpms, { name: text, address: text });
      const fields = { vehicle_number: text, remarks: text };
      await vpms.as(scene.driver).leave((await vpms.as(scene.driver).park(lot.id, fields)).id);
      const { text: csv } = await exportAll();
      expect(csv.slice(CSV_HEADER.length)).toContain(`,1,${cell},${cell},${cell},2026-`);
      expect(csv.endsWith(`,Completed,${cell}\r\n`)).toBe(true);
    });
  });
});
