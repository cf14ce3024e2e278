import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { driverTag, PARKING_TAG } from '../../../src/parking/cache-tags.js';
import { TaggedCache } from '../../../src/platform/cache/tagged-cache.js';
import { encodeCursor } from '../../../src/platform/page.js';
import { createLot, createMember, type TestAccount } from '../../support/data/factories.js';
import { FixedClock } from '../../support/app/fixed-clock.js';
import { useTestApp } from '../../support/app/test-app.js';
import { queryDatabase } from '../../support/data/test-database.js';

const vpms = useTestApp({ clock: new FixedClock() });
let admin: TestAccount;
let driver: TestAccount;
let lotId: number;

beforeAll(async () => {
  admin = await createMember(vpms, 'admin');
  driver = await createMember(vpms);
  lotId = (await createLot(vpms, { numberOfSpots: 3, pricePerHour: 1_000 })).id;
});

const asAdmin = async () => (await vpms.http.get('/api/admin/stats', admin)).body;
const asDriver = async () => (await vpms.http.get('/api/user/stats', driver)).body;
const available = async () => {
  const { body } = await vpms.http.get('/api/user/parking-lots/available', driver);
  return body.map((lot: { id: number; available_spots: number }) => [lot.id, lot.available_spots]);
};
const lotsOfAdmin = async () => (await vpms.http.get('/api/admin/parking-lots', admin)).body;

const post = (path: string, body: unknown, { token } = driver) =>
  vpms.http.post(path, { token, body });

describe('statistics', () => {
  it('include each write in the next read of the same client, over one day of a lot', async () => {
    const empty = { totalLots: 1, totalSpots: 3, totalUsers: 1, totalRevenue: 0 };
    const free = { occupiedSpots: 0, availableSpots: 3, activeReservations: 0 };
    expect(await asAdmin()).toEqual({ ...empty, ...free });
    expect(await available()).toEqual([[lotId, 3]]);
    const none = {
      totalBookings: 0,
      activeBookings: 0,
      totalSpent: 0,
      monthlyBookings: 0,
      upcomingBookings: 0,
    };
    expect(await asDriver()).toEqual(none);

    const booking = await vpms.as(driver).park(lotId);
    const taken = { occupiedSpots: 1, availableSpots: 2, activeReservations: 1 };
    expect(await asDriver()).toEqual({
      ...none,
      totalBookings: 1,
      activeBookings: 1,
      monthlyBookings: 1,
    });
    expect(await asAdmin()).toEqual({ ...empty, ...taken });
    expect(await available()).toEqual([[lotId, 2]]);

    await vpms.as(driver).leave(booking.id);
    expect(await asDriver()).toEqual({
      ...none,
      totalBookings: 1,
      totalSpent: 10,
      monthlyBookings: 1,
    });
    expect(await asAdmin()).toEqual({ ...empty, ...free, totalRevenue: 10 });
    expect(await available()).toEqual([[lotId, 3]]);

    const path = `/api/admin/parking-lots/${lotId}`;
    await vpms.http.put(path, { ...admin, body: { number_of_spots: 5 } });
    expect(await asAdmin()).toMatchObject({ totalSpots: 5, availableSpots: 5 });
    expect(await available()).toEqual([[lotId, 5]]);

    const second = { username: 'second', email: 'second@example.com', password: 'test123' };
    await post('/api/user/register', second);
    expect(await asAdmin()).toMatchObject({ totalUsers: 2 });

    await vpms.http.delete(path, admin);
    expect(await asAdmin()).toMatchObject({ totalLots: 0, totalSpots: 0, totalRevenue: 10 });
    expect(await available()).toEqual([]);
  });
});

describe('a write by another program becomes visible', () => {
  // A monotonic clock determines the age of cached values; the clock of the program does not move. The
  // monotonic clock is slowed down, so that a busy machine does not make a value too old.
  let passed = 0;
  const now = performance.now.bind(performance);
  beforeEach(async () => {
    // Otherwise a test could begin with the values that an earlier test has cached.
    await vpms.app.get(TaggedCache).invalidate(PARKING_TAG, driverTag(driver.id));
    passed = 0;
    const start = now();
    const elapsed = () => (now() - start) / 10;
    vi.spyOn(performance, 'now').mockImplementation(() => start + elapsed() + passed);
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it.each([
    ['five minutes for operators', asAdmin, 300_000, 'UPDATE driver_totals SET spent = spent + 1'],
    ['two minutes for drivers', asDriver, 120_000, 'UPDATE driver_totals SET spent = spent + 1'],
    ['one minute in the available lots', available, 60_000, 'UPDATE lots SET retired_at = NULL'],
    [
      'two seconds in the lots of operators',
      lotsOfAdmin,
      2_000,
      "UPDATE lots SET name = 'Renamed'",
    ],
  ])('after %s', async (_, read, maxAge, sql) => {
    const before = await read();
    await queryDatabase(vpms.dataDirectory, sql);
    passed = maxAge - 500;
    expect(await read()).toEqual(before);
    passed = maxAge;
    // The memory store reads the time at most once per millisecond.
    await sleep(5);
    expect(await read()).not.toEqual(before);
  });

  it('at once in later pages of the lots of operators, which are not cached', async () => {
    const page = async (query: Record<string, string>) => {
      const parameters = new URLSearchParams({ limit: '1', ...query });
      return (await vpms.http.get(`/api/admin/parking-lots?${parameters.toString()}`, admin)).body;
    };
    const readFirst = () => page({});
    // A cursor before the first lot, so that both pages have the same lot.
    const readLater = () => page({ cursor: encodeCursor([0]) });
    const before = await readFirst();
    expect(await readLater()).toEqual(before);
    await queryDatabase(vpms.dataDirectory, "UPDATE lots SET name = 'Renamed again'");
    expect(await readFirst()).toEqual(before);
    expect(await readLater()).not.toEqual(before);
  });
});
