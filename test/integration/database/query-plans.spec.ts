import { describe, expect, it } from 'vitest';
import { AgreedTariffs } from '../../../src/parking/tariffs/versions/agreed-tariffs.js';
import { deleteOldPlates } from '../../../src/parking/vehicles/delete-old-plates.js';
import { TransactionRunner } from '../../../src/platform/database/transaction-runner.js';
import { DAY } from '../../../src/platform/time/durations.js';
import { exportCsv } from '../../support/scenes/exports.js';
import { expectStatus, usePlanRows } from '../../support/checks/plan-rows.js';
import { GROWING, statementsOf } from '../../support/checks/query-plans.js';
import {
  createLot,
  createMember,
  PASSWORD,
  type TestAccount,
} from '../../support/data/factories.js';
import { CITY_CENTRE } from '../../support/data/tariffs.js';
import { queryDatabase } from '../../support/data/test-database.js';
import { driverWith, gateOf } from '../../support/data/gates.js';
import type {
  HttpClient,
  HttpResponse,
  RequestOptions,
} from '../../support/http/clients/http-client.js';

const plans = usePlanRows();
const { vpms, expectNoScan } = plans;

let bookingId: number;

async function bookIn(http: HttpClient, { token }: TestAccount, options: RequestOptions = {}) {
  const response = await http.as({ token }).book(plans.rows.lotId, {}, options);
  if (response.status === 201) bookingId = Number(response.body.id);
  return response;
}

function release(http: HttpClient, { token }: TestAccount): Promise<HttpResponse> {
  return http.as({ token }).release(bookingId);
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
    // The index by number would examine occupied spots one after another.
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
    await expectStatus(200, vpms.as(plans.rows.admin).setTariff(id, CITY_CENTRE));
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
    await expectNoScan((http) =>
      expectStatus(200, http.get(path, { token: plans.rows.driver.token })),
    );
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
    const { token } = plans.rows.driver;
    const first = await expectStatus(200, vpms.http.get('/api/user/bookings?limit=1', { token }));
    const next = /<(.*)>/.exec(first.headers.get('link') ?? '')?.[1] ?? '';
    expect(next).toContain('cursor=');
    await expectNoScan((http) => expectStatus(200, http.get(next, { token })));
  });

  it('export, from the request to the download', async () => {
    const { token } = plans.rows.driver;
    await expectNoScan(async (http) => {
      await exportCsv(http, token);
    });
  });

  it('let cars in and out, for reservations and walk-ins, and refuse them', async () => {
    const parker = await driverWith(vpms, 'PLAN 1');
    const { id: lot } = await createLot(vpms);
    const gate = await gateOf(vpms, lot);
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

  it('end sessions', async () => {
    const { token } = await createMember(vpms);
    await expectNoScan(async (http) => {
      await expectStatus(204, http.delete('/api/auth/sessions', { token }));
      await expectStatus(404, http.delete('/api/auth/sessions/987654321', { token }));
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

it('releases a booking with at most one statement more for its tariff', async () => {
  const parker = vpms.as(await createMember(vpms));
  const countOfRelease = async (lot: number) => {
    const { body } = await parker.book(lot);
    // Empty the cache of tariff versions, because the first release after a start has to read the version.
    Object.assign(vpms.app.get(AgreedTariffs), { versions: new Map() });
    const statements = await statementsOf(vpms, () => expectStatus(200, parker.release(body.id)));
    return statements.length;
  };
  const { id } = await createLot(vpms);
  const byTheHour = await countOfRelease(id);
  await expectStatus(200, vpms.as(plans.rows.admin).setTariff(id, CITY_CENTRE));
  expect(await countOfRelease(id)).toBe(byTheHour + 1);
});
