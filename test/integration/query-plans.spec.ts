import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AuditLogQuery } from '../../src/admin/audit/audit-log-query.dto.js';
import { AuditLogReader } from '../../src/admin/audit/audit-log.reader.js';
import { ActivityReader } from '../../src/admin/dashboard/activity.reader.js';
import { StatisticsReader } from '../../src/admin/dashboard/statistics.reader.js';
import { SpotsReader } from '../../src/admin/lots/spots.reader.js';
import { DriversReader } from '../../src/admin/users/drivers.reader.js';
import { Reader, Writer } from '../../src/common/database/data-sources.js';
import { encodeCursor } from '../../src/common/http/pagination/page.js';
import { LotsService } from '../../src/parking/lots/lots.service.js';
import { ReservationsService } from '../../src/parking/reservations/reservations.service.js';
import { DriverStatisticsReader } from '../../src/user/statistics/statistics.reader.js';
import { createLot, createMember, OPERATOR } from '../support/factories.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const PAGE = { limit: 50 };

let vpms: TestApp;
let database: Database.Database;

/** Lists what the program says to its database, in place of TypeORM's log. */
const statements = new Set<string>();
const recorder = {
  logQuery: (query: string) => void statements.add(query),
  logQueryError: () => undefined,
  logQuerySlow: () => undefined,
  logSchemaBuild: () => undefined,
  logMigration: () => undefined,
  log: () => undefined,
};

beforeAll(async () => {
  vpms = await startTestApp();
  database = new Database(join(vpms.dataDirectory, 'vpms.db'), { readonly: true });
  // With it, plans list scans that SQLite only makes to see whether a violation is mended.
  database.pragma('foreign_keys = OFF');
  for (const source of [Reader, Writer]) {
    Object.assign(vpms.app.get(source, { strict: false }), { logger: recorder });
  }
});
afterAll(async () => {
  database.close();
  await vpms[Symbol.asyncDispose]();
});

/** How SQLite goes through the tables for all that the action says to it. */
async function plansOf(action: () => Promise<unknown>): Promise<string[]> {
  statements.clear();
  await action();
  const said = [...statements].filter((query) => /^\s*(SELECT|INSERT|UPDATE|WITH)/.test(query));
  expect(said).not.toEqual([]);
  return said.flatMap((query) => {
    const parameters = Array.from(query.matchAll(/\?/g), () => null);
    const plan = database.prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${query}`);
    return plan.all(...parameters).map(({ detail }) => detail);
  });
}

/** Steps that look at every row of a table that grows with each booking or spot. */
function fullScans(plans: readonly string[]): string[] {
  return plans.filter((step) =>
    /^SCAN (r|a|reservations|spots|accounts|driver_totals)\b/.test(step),
  );
}

describe('no full scan of a table that grows', () => {
  it('in booking and releasing', async () => {
    const lot = await createLot(vpms);
    const { id: userId } = await createMember(vpms);
    const reservations = vpms.app.get(ReservationsService);
    const plans = await plansOf(async () => {
      const { id } = await reservations.book({ userId, lotId: lot.id });
      await reservations.release(userId, id);
    });
    expect(fullScans(plans)).toEqual([]);
    expect(plans).toContain('SEARCH spots USING INDEX spots_free (lot_id=?)');
    expect(plans.filter((step) => step.includes('TEMP B-TREE'))).toEqual([]);
  });

  it('in resizing and deleting a lot', async () => {
    const lot = await createLot(vpms);
    const lots = vpms.app.get(LotsService);
    const plans = await plansOf(async () => {
      await lots.update(lot.id, { numberOfSpots: 3 }, OPERATOR);
      await lots.update(lot.id, { numberOfSpots: 30 }, OPERATOR);
      await lots.delete(lot.id, OPERATOR);
    });
    expect(fullScans(plans)).toEqual([]);
  });

  const reads: readonly [string, (app: TestApp['app'], lotId: number) => Promise<unknown>][] = [
    ['an active booking', (app) => app.get(ReservationsService).findActive(1)],
    ['a page of history', (app) => app.get(ReservationsService).list(1, PAGE)],
    ['active history', (app) => app.get(ReservationsService).list(1, PAGE, 'active')],
    ['completed history', (app) => app.get(ReservationsService).list(1, PAGE, 'completed')],
    ["a driver's figures", (app) => app.get(DriverStatisticsReader).read(1)],
    ["the lots' occupancy", (app) => app.get(LotsService).list(PAGE)],
    ['available lots', (app) => app.get(LotsService).listAvailable(PAGE)],
    ["a lot's spots", (app, lotId) => app.get(SpotsReader).ofLot(lotId, PAGE)],
    ["the operator's page of drivers", (app) => app.get(DriversReader).list(PAGE)],
  ];
  it.each(reads)('in %s', async (_, read) => {
    const lot = await createLot(vpms);
    const plans = await plansOf(() => read(vpms.app, lot.id));
    expect(fullScans(plans)).toEqual([]);
    expect(plans.filter((step) => step.includes('TEMP B-TREE'))).toEqual([]);
  });
});

describe('the audit log', () => {
  const filters: readonly [string, Omit<AuditLogQuery, 'limit'>][] = [
    ['audit_log_by_time', {}],
    ['audit_log_by_time (recorded_at<', { cursor: encodeCursor([1, 1]) }],
    ['audit_log_by_actor', { actor: 'admin' }],
    ['audit_log_by_action', { action: 'lot.updated' }],
    ['audit_log_by_target_type (target_type=?)', { target_type: 'lot' }],
    ['audit_log_by_target (target_type=? AND target_id=?)', { target_type: 'lot', target_id: '7' }],
    ['audit_log_by_time (recorded_at>? AND recorded_at<?)', { from: new Date(0), to: new Date(1) }],
  ];
  it.each(filters)('is read in order, by %s', async (index, filter) => {
    const plans = await plansOf(() => vpms.app.get(AuditLogReader).list({ ...PAGE, ...filter }));
    expect(plans).toEqual([expect.stringContaining(index)]);
  });
});

describe('what goes through a whole index', () => {
  it('stops at the limit: recent activity is read in its order', async () => {
    const plans = await plansOf(() => vpms.app.get(ActivityReader).latest(10));
    expect(fullScans(plans)).toEqual(['SCAN r USING INDEX reservations_events']);
    expect(plans.filter((step) => step.includes('TEMP B-TREE'))).toEqual([]);
  });

  it("holds active bookings only: the operator's figures never read history", async () => {
    const plans = await plansOf(() => vpms.app.get(StatisticsReader).read());
    const scans = fullScans(plans).filter((step) => !step.includes('driver_totals'));
    expect(scans).toEqual([
      expect.stringMatching(/^SCAN reservations USING INDEX reservations_active/),
    ]);
  });
});
