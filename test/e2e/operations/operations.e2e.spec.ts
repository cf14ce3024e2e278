import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { VERSION } from '../../../src/platform/version.js';
import { createLot, createMember, createMembers } from '../../support/data/factories.js';
import { CapturedLog } from '../../support/app/captured-log.js';
import { expectProblem } from '../../support/http/problems.js';
import { startTestApp, type TestApp } from '../../support/app/test-app.js';
import { ON_POSTGRES, queryDatabase } from '../../support/data/test-database.js';

describe('operations', () => {
  const log = new CapturedLog();
  let vpms: TestApp;

  const change = (sql: string) => queryDatabase(vpms.dataDirectory, sql);

  beforeEach(async () => {
    vpms = await startTestApp({ log });
  });
  afterEach(() => vpms[Symbol.asyncDispose]());

  it('return the name, version and documentation of the service', async () => {
    const { status, body } = await vpms.http.get('/');
    expect(status).toBe(200);
    expect(body).toEqual({ name: 'vpms', version: VERSION, documentation: '/api/docs' });
    expect((await vpms.http.get(body.documentation)).status).toBe(200);
  });

  it('report liveness', async () => {
    const { status, body } = await vpms.http.get('/health/live');
    expect({ status, body }).toEqual({ status: 200, body: { status: 'ok' } });
  });

  it.each(['/health', '/health/ready'])(
    'report at %s the state of each dependency',
    async (path) => {
      const { status, body } = await vpms.http.get(path);
      expect(status).toBe(200);
      expect(body).toEqual({ status: 'ok', dependencies: { database: 'up' } });
      await change('ALTER TABLE migrations RENAME TO renamed');
      const down = await vpms.http.get(path);
      expect(down.status).toBe(503);
      expect(down.body).toEqual({ status: 'unavailable', dependencies: { database: 'down' } });
      expect(down.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
      expect((await vpms.http.get('/health/live')).status).toBe(200);
      await change('ALTER TABLE renamed RENAME TO migrations');
      expect((await vpms.http.get(path)).status).toBe(200);
    },
  );

  // A whole PostgreSQL database cannot be locked.
  it.skipIf(ON_POSTGRES)('report an unavailable database if another program locks it', async () => {
    const database = new Database(join(vpms.dataDirectory, 'vpms.db'));
    const lot = await createLot(vpms);
    const [driver] = await createMembers(vpms, 1);
    const book = () => vpms.as({ token: driver?.token }).book(lot.id);
    database.exec('BEGIN IMMEDIATE');
    const refused = await book();
    expectProblem(refused, '503 DATABASE_UNAVAILABLE');
    expect(refused.text).not.toContain('locked');
    const logged = log.lines.find((line) => line.includes('DATABASE_UNAVAILABLE')) ?? '';
    expect(logged).toContain('locked');
    expect(logged).toContain(String(refused.body.request_id));
    const read = await vpms.http.get('/api/user/bookings', { token: driver?.token });
    expect(read).toMatchObject({ status: 200, body: [] });
    database.exec('ROLLBACK');
    database.close();
    expect((await book()).status).toBe(201);
  });

  it('return an internal error without details and log them', async () => {
    const { token } = await createMember(vpms);
    await change('ALTER TABLE driver_totals RENAME TO renamed');
    const response = await vpms.http.get('/api/user/stats', { token });
    expectProblem(response, '500 INTERNAL_ERROR');
    expect(response.text).not.toMatch(/driver_totals|no such table|does not exist/i);
    const id = String(response.body.request_id);
    const logged = log.lines.find((line) => line.includes(`INTERNAL_ERROR ${id}`)) ?? '{}';
    expect(JSON.parse(logged)).toMatchObject({
      level: 50,
      err: { stack: expect.stringContaining('driver_totals') },
    });
    await change('ALTER TABLE renamed RENAME TO driver_totals');
    expect((await vpms.http.get('/api/user/stats', { token })).status).toBe(200);
  });

  it('log an expected refusal with status 503 as one request, not as an error', async () => {
    const body = { email: 'a@example.com' };
    const response = await vpms.http.post('/api/user/forgot-password', { body });
    expectProblem(response, '503 MAIL_UNAVAILABLE');
    const id = String(response.body.request_id);
    const lines = () =>
      log.lines.filter((line) => line.includes(id)).map((line) => JSON.parse(line));
    await expect.poll(lines).not.toEqual([]);
    expect(lines()).toEqual([expect.objectContaining({ level: 40, msg: 'request', status: 503 })]);
  });

  // Computing about two hundred real hashes takes long on few cores.
  it('refuse logins that would wait too long', { timeout: 120_000 }, async () => {
    const body = { username: 'unknown.name', password: 'wrong password' };
    const responses = await Promise.all(
      Array.from({ length: 500 }, () => vpms.http.post('/api/user/login', { body })),
    );
    const refused = responses.filter(({ status }) => status === 503);
    expect(refused.length).toBeGreaterThan(0);
    for (const response of refused) expectProblem(response, '503 OVERLOADED');
    const served = responses.filter(({ status }) => status !== 503);
    expect(served.length).toBeGreaterThanOrEqual(200);
    for (const response of served) expectProblem(response, '401 CREDENTIALS_WRONG');
  });
});
