import { SchedulerRegistry } from '@nestjs/schedule';
import { beforeAll, describe, expect, it } from 'vitest';
import { TaggedCache } from '../../src/platform/cache/tagged-cache.js';
import { exportCsv } from '../support/app/exports.js';
import { createLot, createMember, type TestAccount, PASSWORD } from '../support/data/factories.js';
import type { HttpResponse, HttpClient, RequestOptions } from '../support/http/http-client.js';
import { GROWING, type Plans, plansOf } from '../support/checks/query-plans.js';
import { useTestApp } from '../support/app/test-app.js';
import { queryDatabase } from '../support/data/test-database.js';

const vpms = useTestApp();
let admin: TestAccount;
/** A driver with a past booking who is parked. */
let driver: TestAccount;
let lotId: number;
let bookingId: number;

beforeAll(async () => {
  // The work of every minute is not part of these plans.
  for (const job of vpms.app.get(SchedulerRegistry).getCronJobs().values()) await job.stop();
  admin = await createMember(vpms, 'admin');
  driver = await createMember(vpms);
  lotId = (await createLot(vpms)).id;
  await answered(201, bookIn(vpms.http, driver));
  await answered(200, release(vpms.http, driver));
  await answered(201, bookIn(vpms.http, driver));
});

async function answered(status: number, request: Promise<HttpResponse>): Promise<HttpResponse> {
  const response = await request;
  expect(response.status).toBe(status);
  return response;
}

async function bookIn(http: HttpClient, { token }: TestAccount, options: RequestOptions = {}) {
  const response = await http.as({ token }).book(lotId, {}, options);
  if (response.status === 201) bookingId = Number(response.body.id);
  return response;
}

function release(http: HttpClient, { token }: TestAccount): Promise<HttpResponse> {
  return http.as({ token }).release(bookingId);
}

/** The plans of all statements of the action, with an empty cache. */
async function plans(action: (http: HttpClient) => Promise<unknown>): Promise<Plans> {
  await vpms.app.get(TaggedCache).invalidate('parking', 'accounts', `driver:${driver.id}`);
  return plansOf(vpms, () => action(vpms.http));
}

/** Returns the tables in which rows were found through an index. */
async function expectNoWalk(action: (http: HttpClient) => Promise<unknown>) {
  const { scans: walks, lookups: lookUps } = await plans(action);
  expect(
    walks,
    'These statements scan or sort a growing table. Rewrite the statement, or add an index in a migration.',
  ).toEqual([]);
  return lookUps;
}

it.each(GROWING)('checks a table that exists: %s', async (table) => {
  const remedy = `After a rename, correct GROWING in test/support/checks/query-plans.ts: ${table}`;
  await expect(
    queryDatabase(vpms.dataDirectory, `SELECT 1 FROM ${table} LIMIT 1`),
    remedy,
  ).resolves.toBeDefined();
});

describe('statements that use indexes only', () => {
  it('book and release', async () => {
    const parker = await createMember(vpms);
    const lookUps = await expectNoWalk(async (http) => {
      await answered(201, bookIn(http, parker));
      await answered(409, bookIn(http, parker));
      await answered(200, release(http, parker));
    });
    // Not by number, which would examine occupied spots one after another.
    expect(lookUps).toContain('spots by spots_free');
  });

  it('book under an idempotency key, and replay', async () => {
    const parker = await createMember(vpms);
    const headers = { 'Idempotency-Key': 'plan' };
    await expectNoWalk(async (http) => {
      await answered(201, bookIn(http, parker, { headers }));
      await answered(201, bookIn(http, parker, { headers }));
    });
  });

  it('log in and out', async () => {
    const { username } = await createMember(vpms);
    const body = { username, password: PASSWORD };
    await expectNoWalk(async (http) => {
      const { body: login } = await answered(200, http.post('/api/user/login', { body }));
      await answered(204, http.post('/api/auth/logout', { token: login.token }));
    });
  });

  it('register', async () => {
    const body = { username: 'new', email: 'new@example.com', password: PASSWORD };
    await expectNoWalk((http) => answered(201, http.post('/api/user/register', { body })));
  });

  it.each([
    '/api/auth/me',
    '/api/user/active-booking',
    '/api/user/bookings',
    '/api/user/bookings?limit=1',
    '/api/user/bookings?status=active',
    '/api/user/bookings?status=completed',
    '/api/user/parking-lots/available',
    '/api/user/stats',
    '/api/user/reports',
  ])('serve a driver at GET %s', async (path) => {
    await expectNoWalk((http) => answered(200, http.get(path, { token: driver.token })));
  });

  it('read the next page of a history', async () => {
    const { token } = driver;
    const first = await answered(200, vpms.http.get('/api/user/bookings?limit=1', { token }));
    const next = /<(.*)>/.exec(first.headers.get('link') ?? '')?.[1] ?? '';
    expect(next).toContain('cursor=');
    await expectNoWalk((http) => answered(200, http.get(next, { token })));
  });

  it('export, from the request to the download', async () => {
    const { token } = driver;
    await expectNoWalk(async (http) => {
      await exportCsv(http, token);
    });
  });

  it.each([
    '/api/admin/parking-lots',
    '/api/admin/parking-lots/1/spots',
    '/api/admin/users',
    '/api/admin/users?search=driver',
    '/api/admin/jobs',
  ])('serve an admin at GET %s', async (path) => {
    await expectNoWalk((http) => answered(200, http.get(path, { token: admin.token })));
  });

  it('change and delete a lot', async () => {
    const { id } = await createLot(vpms);
    const path = `/api/admin/parking-lots/${id}`;
    const { token } = admin;
    await expectNoWalk(async (http) => {
      await answered(200, http.put(path, { token, body: { number_of_spots: 3 } }));
      await answered(200, http.put(path, { token, body: { number_of_spots: 30 } }));
      await answered(200, http.delete(path, { token }));
    });
  });
});

describe('statements that scan an index', () => {
  const inGet = async (path: string): Promise<readonly string[]> => {
    const { token } = admin;
    return (await plans((http) => answered(200, http.get(path, { token })))).scans;
  };

  it.each([
    ['/api/admin/recent-activity', 'reservations by reservations_events'],
    ['/api/admin/audit-log', 'audit_log by audit_log_by_time'],
  ])('stop at the limit, because the index is in order: GET %s', async (path, walk) => {
    expect(await inGet(path)).toEqual([walk]);
  });

  it("read at most one row per driver for the admin's statistics, and no reservations", async () => {
    expect(await inGet('/api/admin/stats')).toEqual([
      expect.stringMatching(/^driver_totals/),
      expect.stringMatching(/^reservations by reservations_active/),
    ]);
  });
});
