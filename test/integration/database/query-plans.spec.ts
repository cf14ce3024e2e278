import { SchedulerRegistry } from '@nestjs/schedule';
import { beforeAll, describe, expect, it } from 'vitest';
import { TaggedCache } from '../../../src/platform/cache/tagged-cache.js';
import { exportCsv } from '../../support/app/exports.js';
import {
  createGate,
  createLot,
  createMember,
  type TestAccount,
  PASSWORD,
} from '../../support/data/factories.js';
import { GateClient } from '../../support/http/clients/gate-client.js';
import type {
  HttpResponse,
  HttpClient,
  RequestOptions,
} from '../../support/http/clients/http-client.js';
import { GROWING, type Plans, plansOf, statementsOf } from '../../support/checks/query-plans.js';
import { CITY_CENTRE, perHour } from '../../support/data/tariffs.js';
import { AgreedTariffs } from '../../../src/parking/tariffs/versions/agreed-tariffs.js';
import { deleteOldPlates } from '../../../src/parking/vehicles/delete-old-plates.js';
import { TransactionRunner } from '../../../src/platform/database/transaction-runner.js';
import { DAY } from '../../../src/platform/time/durations.js';
import { useTestApp } from '../../support/app/test-app.js';
import { ON_POSTGRES, queryDatabase } from '../../support/data/test-database.js';

const vpms = useTestApp();
/** 300 drivers who are parked in a lot of their own, and as many bookings ahead. */
const NUMBERS = `WITH RECURSIVE step (n) AS (
  SELECT 10001 UNION ALL SELECT n + 1 FROM step WHERE n < 10300)`;
const MANY_PARKED = [
  `INSERT INTO lots (id, name, address, pin_code, price_per_hour, number_of_spots, created_at, updated_at)
    VALUES (10000, 'Large', 'Here', '110001', 100, 300, 0, 0)`,
  `${NUMBERS} INSERT INTO accounts (id, username, username_key, email, email_key, password_hash, role,
      created_at, updated_at)
    SELECT n, 'many' || n, 'many' || n, 'many' || n, 'many' || n, '-', 'user', 0, 0 FROM step`,
  `${NUMBERS} INSERT INTO driver_totals (user_id, bookings, spent) SELECT n, 1, 0 FROM step`,
  `${NUMBERS} INSERT INTO spots (id, lot_id, number, status, created_at)
    SELECT n, 10000, n - 10000, 'O', 0 FROM step`,
  `${NUMBERS} INSERT INTO reservations (spot_id, lot_id, user_id, status, parked_at, price_per_hour,
      created_at, updated_at)
    SELECT n, 10000, n, 'active', 0, 100, 0, 0 FROM step`,
  `${NUMBERS} INSERT INTO reservations (spot_id, lot_id, user_id, status, parked_at, left_at, cost,
      reserved_from, reserved_until, claim_from, claim_until, lapses_at, due_at, price_per_hour,
      created_at, updated_at)
    SELECT n, 10000, n, 'reserved', 9e14, 9e14 + n, 0, 9e14, 9e14 + n, 9e14, 9e14 + n, 9e14, 9e14, 100,
      0, 0
    FROM step`,
];
let admin: TestAccount;
/** A parked driver with a past booking. */
let driver: TestAccount;
let lotId: number;
let bookingId: number;

beforeAll(async () => {
  // The work of every minute is not part of these plans.
  const scheduled = vpms.app.get(SchedulerRegistry);
  for (const job of scheduled.getCronJobs().values()) await job.stop();
  for (const name of scheduled.getIntervals()) scheduled.deleteInterval(name);
  admin = await createMember(vpms, 'admin');
  driver = await createMember(vpms);
  lotId = (await createLot(vpms)).id;
  await expectStatus(201, bookIn(vpms.http, driver));
  await expectStatus(200, release(vpms.http, driver));
  await expectStatus(201, bookIn(vpms.http, driver));
  // With a handful of rows, PostgreSQL expects the same cost from any index.
  for (const sql of MANY_PARKED) await queryDatabase(vpms.dataDirectory, sql);
  if (ON_POSTGRES) await queryDatabase(vpms.dataDirectory, 'ANALYZE');
});

async function expectStatus(status: number, request: Promise<HttpResponse>): Promise<HttpResponse> {
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
async function expectNoScan(action: (http: HttpClient) => Promise<unknown>) {
  const { scans, lookups: lookUps } = await plans(action);
  expect(
    scans,
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
    const lookUps = await expectNoScan(async (http) => {
      await expectStatus(201, bookIn(http, parker));
      await expectStatus(409, bookIn(http, parker));
      await expectStatus(200, release(http, parker));
    });
    // Not by number, which would examine occupied spots one after another.
    expect(lookUps).toContain('spots by spots_free');
  });

  it('book under an idempotency key, and replay', async () => {
    const parker = await createMember(vpms);
    const headers = { 'Idempotency-Key': 'plan' };
    await expectNoScan(async (http) => {
      await expectStatus(201, bookIn(http, parker, { headers }));
      await expectStatus(201, bookIn(http, parker, { headers }));
    });
  });

  it('quote, book, release and print a receipt in a lot with a tariff', async () => {
    const parker = vpms.as(await createMember(vpms));
    const { id } = await createLot(vpms);
    await expectStatus(200, vpms.as(admin).setTariff(id, CITY_CENTRE));
    await expectNoScan(async () => {
      await expectStatus(200, parker.currentTariff(id));
      const inAWeek = new Date(Date.now() + 7 * DAY).toISOString();
      await expectStatus(200, parker.quote({ lot_id: id, until: inAWeek }));
      const { body } = await expectStatus(201, parker.book(id));
      await expectStatus(200, parker.activeBooking());
      await expectStatus(200, parker.release(body.id));
      await expectStatus(200, parker.receipt(body.id));
    });
  });

  it('set, replace, list and end a tariff', async () => {
    const { id } = await createLot(vpms);
    const tomorrow = new Date(Date.now() + DAY).toISOString();
    const later = { ...perHour(5), valid_from: tomorrow };
    await expectNoScan(async () => {
      await expectStatus(200, vpms.as(admin).setTariff(id, CITY_CENTRE));
      await expectStatus(200, vpms.as(admin).setTariff(id, later));
      await expectStatus(200, vpms.as(admin).setTariff(id, perHour(2)));
      await expectStatus(200, vpms.as(admin).tariffs(id));
      await expectStatus(204, vpms.as(admin).endTariff(id));
    });
  });

  it('log in and out', async () => {
    const { username } = await createMember(vpms);
    const body = { username, password: PASSWORD };
    await expectNoScan(async (http) => {
      const { body: login } = await expectStatus(200, http.post('/api/user/login', { body }));
      await expectStatus(204, http.post('/api/auth/logout', { token: login.token }));
    });
  });

  it('register', async () => {
    const body = { username: 'new', email: 'new@example.com', password: PASSWORD };
    await expectNoScan((http) => expectStatus(201, http.post('/api/user/register', { body })));
  });

  it.each([
    '/api/auth/me',
    '/api/auth/sessions',
    '/api/user/active-booking',
    '/api/user/bookings',
    '/api/user/bookings?limit=1',
    '/api/user/bookings?status=active',
    '/api/user/bookings?status=completed',
    '/api/user/parking-lots/available',
    '/api/user/parking-lots/available?near=28.6,77.2',
    '/api/user/stats',
    '/api/user/reports',
  ])('serve a driver at GET %s', async (path) => {
    await expectNoScan((http) => expectStatus(200, http.get(path, { token: driver.token })));
  });

  it.each([
    '/api/public/lots',
    '/api/public/lots?near=28.6,77.2',
    '/api/public/lots.geojson',
    '/api/public/occupancy',
    '/board',
  ])('serve everyone at GET %s', async (path) => {
    await expectNoScan((http) => expectStatus(200, http.get(path)));
  });

  it('read the next page of a history', async () => {
    const { token } = driver;
    const first = await expectStatus(200, vpms.http.get('/api/user/bookings?limit=1', { token }));
    const next = /<(.*)>/.exec(first.headers.get('link') ?? '')?.[1] ?? '';
    expect(next).toContain('cursor=');
    await expectNoScan((http) => expectStatus(200, http.get(next, { token })));
  });

  it('export, from the request to the download', async () => {
    const { token } = driver;
    await expectNoScan(async (http) => {
      await exportCsv(http, token);
    });
  });

  it.each([
    '/api/admin/parking-lots',
    '/api/admin/parking-lots/1/spots',
    '/api/admin/users',
    '/api/admin/users?search=driver',
    '/api/admin/users/10001',
    '/api/admin/admins',
    '/api/admin/jobs',
  ])('serve an admin at GET %s', async (path) => {
    await expectNoScan((http) => expectStatus(200, http.get(path, { token: admin.token })));
  });

  it('create, change and disable a driver, and issue a link', async () => {
    const { token } = admin;
    const body = { username: 'planned', email: 'planned@example.com' };
    const path = '/api/admin/users';
    await expectNoScan(async (http) => {
      const { body: made } = await expectStatus(201, http.post(path, { token, body }));
      const change = { disabled: true, email: 'changed@example.com' };
      const patch = http.request('PATCH', `${path}/${made.id}`, { token, body: change });
      await expectStatus(200, patch);
      await expectStatus(200, http.post(`${path}/${made.id}/reset-password`, { token }));
    });
  });

  it('disable an operator', async () => {
    const { id } = await createMember(vpms, 'admin');
    const options = { token: admin.token, body: { disabled: true } };
    await expectNoScan((http) =>
      expectStatus(200, http.request('PATCH', `/api/admin/admins/${id}`, options)),
    );
  });

  it('let cars in and out, with and without a reservation, and refuse them', async () => {
    const parker = await createMember(vpms);
    await vpms.as(parker).addVehicle({ plate: 'PLAN 1' });
    const { id: lot } = await createLot(vpms);
    const gate = new GateClient(vpms.http, (await createGate(vpms, { lotId: lot })).key);
    const inMinutes = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString();
    const window = { from: inMinutes(5), until: inMinutes(90), vehicle_number: 'PLAN 1' };
    await expectNoScan(async () => {
      await gate.exit('PLAN 1', { at: inMinutes(-1) });
      await gate.entry('PLAN 1');
      await gate.entry('PLAN 1');
      await gate.exit('PLAN 1');
      await gate.exit('PLAN 1');
    });
    await expectStatus(201, vpms.as(parker).bookAhead({ lot_id: lot, ...window }));
    await expectNoScan(async () => {
      expect((await gate.entry('PLAN 1')).reason).toBe('CHECKED_IN');
      expect((await gate.exit('PLAN 1')).reason).toBe('RELEASED');
    });
  });

  it.each([
    '',
    '?lot_id=1',
    '?user_id=1',
    '?vehicle_number=PLAN1',
    '?status=reserved,held',
    '?status=completed',
    '?status=at_risk',
    '?from=2026-01-01T00:00:00Z',
  ])('list bookings for operators with the filter %j', async (query) => {
    const path = `/api/admin/bookings${query}`;
    await expectNoScan((http) => expectStatus(200, http.get(path, { token: admin.token })));
  });

  it.each(['', '?gate_id=1', '?plate=PLAN1', '?action=refuse', '?gate_id=1&plate=PLAN1'])(
    'list events at gates with the filter %j',
    async (query) => {
      const path = `/api/admin/gate-events${query}`;
      await expectNoScan((http) => expectStatus(200, http.get(path, { token: admin.token })));
    },
  );

  it('add, change, list and delete gates', async () => {
    const { token } = admin;
    const body = { lot_id: lotId, name: 'North', direction: 'in' };
    await expectNoScan(async (http) => {
      const { body: gate } = await expectStatus(
        201,
        http.post('/api/admin/gates', { token, body }),
      );
      const path = `/api/admin/gates/${gate.id}`;
      await expectStatus(200, http.request('PATCH', path, { token, body: { name: 'South' } }));
      await expectStatus(201, http.post(`${path}/key`, { token }));
      await expectStatus(200, http.get('/api/admin/gates', { token }));
      await expectStatus(204, http.delete(path, { token }));
    });
  });

  it('end sessions', async () => {
    const { token } = await createMember(vpms);
    await expectNoScan(async (http) => {
      await expectStatus(204, http.delete('/api/auth/sessions', { token }));
      await expectStatus(404, http.delete('/api/auth/sessions/987654321', { token }));
    });
  });

  it('change and delete a lot', async () => {
    const { id } = await createLot(vpms);
    const path = `/api/admin/parking-lots/${id}`;
    const { token } = admin;
    await expectNoScan(async (http) => {
      await expectStatus(200, http.put(path, { token, body: { number_of_spots: 3 } }));
      await expectStatus(200, http.put(path, { token, body: { number_of_spots: 30 } }));
      await expectStatus(200, http.delete(path, { token }));
    });
  });

  it('delete old plates', async () => {
    const parker = vpms.as(await createMember(vpms));
    const { id } = await createLot(vpms);
    await parker.leave((await parker.park(id, { vehicle_number: 'OLD 1' })).id);
    const transactions = vpms.app.get(TransactionRunner);
    const lookUps = await expectNoScan(() => deleteOldPlates(transactions, Date.now()));
    expect(lookUps).toContain('reservations by reservations_old_plates');
  });
});

describe('statements that scan an index', () => {
  const inGet = async (path: string): Promise<readonly string[]> => {
    const { token } = admin;
    return (await plans((http) => expectStatus(200, http.get(path, { token })))).scans;
  };

  it.each([
    ['/api/admin/recent-activity', 'reservations by reservations_events'],
    ['/api/admin/audit-log', 'audit_log by audit_log_by_time'],
  ])('stop at the limit, because the index is in order: GET %s', async (path, scan) => {
    expect(await inGet(path)).toEqual([scan]);
  });

  it("read at most one row per driver for the admin's statistics, and no reservations", async () => {
    expect(await inGet('/api/admin/stats')).toEqual([
      expect.stringMatching(/^driver_totals/),
      expect.stringMatching(/^reservations by reservations_active/),
    ]);
  });
});

it('releases a booking with at most one statement more for its tariff', async () => {
  const parker = vpms.as(await createMember(vpms));
  const countOfRelease = async (lot: number) => {
    const { body } = await parker.book(lot);
    // The program keeps versions in memory: the first release after a start reads it.
    Object.assign(vpms.app.get(AgreedTariffs), { versions: new Map() });
    const statements = await statementsOf(vpms, () => expectStatus(200, parker.release(body.id)));
    return statements.length;
  };
  const { id } = await createLot(vpms);
  const byTheHour = await countOfRelease(id);
  await expectStatus(200, vpms.as(admin).setTariff(id, CITY_CENTRE));
  expect(await countOfRelease(id)).toBe(byTheHour + 1);
});
