import { SchedulerRegistry } from '@nestjs/schedule';
import { beforeAll, expect } from 'vitest';
import { TaggedCache } from '../../../src/platform/cache/tagged-cache.js';
import { type TestApp, useTestApp } from '../app/test-app.js';
import { createLot, createMember, type TestAccount } from '../data/factories.js';
import { ON_POSTGRES, queryDatabase } from '../data/test-database.js';
import type { HttpClient, HttpResponse } from '../http/clients/http-client.js';
import { type Plans, plansOf } from './query-plans.js';

const NUMBERS = `WITH RECURSIVE step (n) AS (
  SELECT 10001 UNION ALL SELECT n + 1 FROM step WHERE n < 10300)`;
/** 300 drivers who are parked in a separate lot, and as many bookings ahead. */
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

type Action = (http: HttpClient) => Promise<unknown>;

/** What the statements under test find. */
interface PlanRows {
  readonly admin: TestAccount;
  /** A parked driver with a past booking. */
  readonly driver: TestAccount;
  readonly lotId: number;
}

/** An application with the rows, for all tests of the file. */
export function usePlanRows() {
  const vpms = useTestApp();
  let rows: PlanRows;
  beforeAll(async () => {
    rows = await insertPlanRows(vpms);
  });
  return {
    vpms,
    get rows() {
      return rows;
    },
    expectNoScan: (action: Action) => expectNoScanIn(vpms, rows, action),
    plansOf: (action: Action) => plansWithoutCache(vpms, rows, action),
  };
}

/** Stops the scheduled work, whose statements are not under test, and inserts rows. */
async function insertPlanRows(vpms: TestApp): Promise<PlanRows> {
  const scheduled = vpms.app.get(SchedulerRegistry);
  for (const job of scheduled.getCronJobs().values()) await job.stop();
  for (const name of scheduled.getIntervals()) scheduled.deleteInterval(name);
  const admin = await createMember(vpms, 'admin');
  const driver = await createMember(vpms);
  const { id: lotId } = await createLot(vpms);
  await vpms.as(driver).stay(lotId);
  await vpms.as(driver).park(lotId);
  // With only a few rows, PostgreSQL expects the same cost from any index.
  for (const sql of MANY_PARKED) await queryDatabase(vpms.dataDirectory, sql);
  if (ON_POSTGRES) await queryDatabase(vpms.dataDirectory, 'ANALYZE');
  return { admin, driver, lotId };
}

/** The plans of all statements of the action, with an empty cache. */
async function plansWithoutCache(
  vpms: TestApp,
  { driver }: PlanRows,
  action: Action,
): Promise<Plans> {
  await vpms.app.get(TaggedCache).invalidate('parking', 'accounts', `driver:${driver.id}`);
  return plansOf(vpms, () => action(vpms.http));
}

/** Expects no scans or sorts of growing tables. Returns the tables whose rows were found through an index. */
async function expectNoScanIn(
  vpms: TestApp,
  rows: PlanRows,
  action: Action,
): Promise<readonly string[]> {
  const { scans, lookups } = await plansWithoutCache(vpms, rows, action);
  expect(
    scans,
    'These statements scan or sort a growing table. Rewrite the statement, or add an index in a migration.',
  ).toEqual([]);
  return lookups;
}

export async function expectStatus(
  status: number,
  request: Promise<HttpResponse>,
): Promise<HttpResponse> {
  const response = await request;
  expect(response.status).toBe(status);
  return response;
}
