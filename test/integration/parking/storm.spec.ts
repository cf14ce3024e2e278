import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { SECOND } from '../../../src/platform/time/durations.js';
import {
  createLot,
  createMember,
  createMembers,
  type TestAccount,
} from '../../support/data/factories.js';
import type { HttpResponse } from '../../support/http/clients/http-client.js';
import { startTestApp, type TestApp } from '../../support/app/test-app.js';
import { violationsOf } from '../../support/checks/violations.js';
import { queryDatabase } from '../../support/data/test-database.js';
import { AheadBookings } from '../../support/storm/ahead-bookings.js';
import { driveAhead } from '../../support/storm/ahead-driver.js';
import { operateAhead, POLICIES } from '../../support/storm/ahead-operator.js';
import { dice } from '../../support/storm/dice.js';
import { Ledger } from '../../support/storm/ledger.js';
import { operateLots } from '../../support/storm/lot-operator.js';
import { readStorm } from '../../support/storm/reader.js';
import { driveWalkIns } from '../../support/storm/walk-in-driver.js';

const STORM_MILLISECONDS = 10_000;
const EXTRA_MILLISECONDS = 20_000;
const DRIVERS = 24;
const OPERATORS = 4;
const READERS = 2;
/** Drivers who book ahead, and operators who act for them. */
const AHEAD_DRIVERS = 16;
const AHEAD_OPERATORS = 3;
/** The responses that each action must get at least once. */
const OUTCOMES = Object.entries({
  book: [201, 409],
  release: [200],
  create: [201],
  delete: [200, 409],
  resize: [200],
  price: [200],
  stats: [200],
  hold: [201],
  reserve: [201, 409],
  confirm: [200, 410],
  change: [200],
  extend: [200, 409],
  'preview-extension': [200],
  'preview-cancellation': [200],
  cancel: [200, 409],
  'check-in': [200, 409],
  'operator-cancel': [200],
  'operator-check-in': [200],
  'operator-release': [200],
  'set-policy': [200],
  'set-tariff': [200],
  'end-tariff': [204],
  search: [200],
}).flatMap(([action, statuses]) => statuses.map((status) => `${action} ${status}`));

describe('a mixed load of bookings, releases, changes, deletions and reads', () => {
  const ledger = new Ledger();
  const ahead = new AheadBookings();
  let vpms: TestApp;
  let drivers: TestAccount[];
  let aheadDrivers: TestAccount[];
  let admin: TestAccount;

  beforeAll(async () => {
    vpms = await startTestApp({ environment: { CURRENCY: 'INR' } });
    drivers = await createMembers(vpms, DRIVERS);
    aheadDrivers = await createMembers(vpms, AHEAD_DRIVERS);
    admin = await createMember(vpms, 'admin');
    for (const numberOfSpots of [1, 5, 20]) {
      const lot = await createLot(vpms, { numberOfSpots });
      ledger.lots.add(lot.id);
      ledger.offer(lot.id, 12.5);
      await vpms.as(admin).setPolicy(lot.id, POLICIES[0] ?? {});
    }
    const end = performance.now() + STORM_MILLISECONDS;
    // A busy machine gets more time to reach every outcome.
    const isOver = () =>
      performance.now() > (ledger.hasSeen(OUTCOMES) ? end : end + EXTRA_MILLISECONDS);
    const lots = { http: vpms.http, token: admin.token, ledger, isOver };
    await Promise.all([
      ...drivers.map((driver, index) =>
        driveWalkIns(vpms.as(driver), { ledger, roll: dice(index), isOver }),
      ),
      ...Array.from({ length: OPERATORS }, (_, index) => operateLots(index, lots)),
      ...Array.from({ length: READERS }, (_, index) =>
        readStorm(lots, { roll: dice(2_000 + index), driverToken: drivers[0]?.token }),
      ),
      ...aheadDrivers.map((driver, index) =>
        driveAhead(vpms.as(driver), { ledger, bookings: ahead, roll: dice(3_000 + index), isOver }),
      ),
      ...Array.from({ length: AHEAD_OPERATORS }, (_, index) =>
        operateAhead(vpms.as(admin), {
          ledger,
          bookings: ahead,
          roll: dice(4_000 + index),
          isOver,
        }),
      ),
    ]);
    await vi.waitUntil(async () => (await countDueSoon()) === 0, {
      timeout: 20_000,
      interval: 200,
    });
  }, 60_000);
  afterAll(() => vpms[Symbol.asyncDispose]());

  /** Number of bookings ahead that lapse within 15 seconds; the others last for minutes or days. */
  async function countDueSoon(): Promise<number> {
    const [row] = await queryDatabase<{ due: number }>(
      vpms.dataDirectory,
      `SELECT COUNT(*) AS due FROM reservations
        WHERE status IN ('held', 'reserved') AND lapses_at < ${Date.now() + 15 * SECOND}`,
    );
    return Number(row?.due);
  }

  /** The bookings that the drivers can list, by id. */
  async function bookingsOf(
    accounts: readonly TestAccount[],
    query = '',
  ): Promise<Map<number, HttpResponse['body']>> {
    const shown = new Map<number, HttpResponse['body']>();
    for (const { token } of accounts) {
      let path: string | undefined = `/api/user/bookings?limit=50${query}`;
      while (path) {
        const page: HttpResponse = await vpms.http.get(path, { token });
        for (const booking of page.body) shown.set(booking.id, booking);
        path = /<([^>]+)>/.exec(page.headers.get('link') ?? '')?.[1];
      }
    }
    return shown;
  }

  it('gets only responses that the contract specifies', () => {
    expect(ledger.unexpected.slice(0, 5)).toEqual([]);
  });

  it('covers every kind of outcome', () => {
    expect([...ledger.statuses.keys()]).toEqual(expect.arrayContaining(OUTCOMES));
    expect(ledger.bookings.size).toBeGreaterThan(DRIVERS);
    expect(ahead.size).toBeGreaterThan(AHEAD_DRIVERS);
  });

  it('leaves the database consistent', async () => {
    expect(await violationsOf(vpms)).toEqual({});
  });

  it('leaves the history that each driver was shown', async () => {
    const shown = await bookingsOf(drivers);
    expect(new Set(shown.keys())).toEqual(new Set(ledger.bookings.keys()));
    for (const [id, acknowledged] of ledger.bookings) {
      const { cost, ...booking } = acknowledged;
      expect(cost ?? 0).toBe(booking.parking_cost);
      // The price of the lot may have changed since, and the duration of an active stay grows.
      const passing = { price: expect.any(Number), duration_hours: expect.any(Number) };
      expect(shown.get(id)).toEqual({ ...booking, ...passing });
    }
  });

  it('leaves each booking ahead as it was acknowledged, except for what time alone changes', async () => {
    const final = await bookingsOf(aheadDrivers, '&status=any');
    expect(final.size).toBe(ahead.size);
    expect(ahead.contradictions(final).slice(0, 3)).toEqual([]);
    const statuses = new Set([...final.values()].map(({ status }) => status));
    for (const status of ['expired', 'no_show', 'cancelled', 'completed', 'reserved']) {
      expect(statuses).toContain(status);
    }
  });

  it('charges the price agreed at booking for the one started hour of each stay', () => {
    for (const { status, parking_cost: paid, price_per_hour: agreed } of ledger.bookings.values()) {
      expect(paid).toBe(status === 'completed' ? agreed : 0);
    }
  });

  it("leaves the admin's statistics correct", async () => {
    const { token } = admin;
    const { body: statistics } = await vpms.http.get('/api/admin/stats', { token });
    const { body: lots } = await vpms.http.get('/api/admin/parking-lots', { token });
    const reserved = await bookingsOf(aheadDrivers, '&status=any');
    const bookings = [...ledger.bookings.values(), ...reserved.values()];
    const active = bookings.filter(({ status }) => status === 'active').length;
    const sum = (field: string): number =>
      lots.reduce((total: number, lot: Record<string, number>) => total + (lot[field] ?? 0), 0);
    const paid = bookings.reduce((total, { parking_cost: cost }) => total + cost * 100, 0) / 100;
    expect(statistics).toEqual({
      totalLots: lots.length,
      totalSpots: sum('number_of_spots'),
      // Spots with a parked car, and not those that a booking claims soon.
      occupiedSpots: active,
      availableSpots: sum('number_of_spots') - active,
      totalUsers: DRIVERS + AHEAD_DRIVERS,
      activeReservations: active,
      totalRevenue: paid,
    });
    expect(sum('occupied_spots') - sum('reserved_spots')).toBe(active);
    for (const { id } of lots) expect(ledger.deleted).not.toContain(id);
  });
});
