import { beforeAll, describe, expect, it } from 'vitest';
import { createLot, createMember, type TestAccount } from '../../support/data/factories.js';
import { FixedClock } from '../../support/app/fixed-clock.js';
import { expectProblem } from '../../support/http/problems.js';
import { HOUR } from '../../../src/platform/time/durations.js';
import { useTestApp } from '../../support/app/test-app.js';

describe("the admin's dashboard", () => {
  const clock = new FixedClock('2026-03-01T09:30:00.000Z');
  const vpms = useTestApp({ clock });
  let admin: TestAccount;

  beforeAll(async () => {
    admin = await createMember(vpms, 'admin');
  });

  const get = (path: string) => vpms.http.get(`/api/admin/${path}`, { token: admin.token });
  const stats = async () => (await get('stats')).body;

  describe('statistics', () => {
    it('count all rows and include each write in the next read', async () => {
      const before = await stats();
      expect(Object.keys(before)).toEqual([
        'totalLots',
        'totalSpots',
        'occupiedSpots',
        'availableSpots',
        'totalUsers',
        'activeReservations',
        'totalRevenue',
      ]);
      const body = { username: 'counted', email: 'counted@example.com', password: 'test123' };
      await vpms.http.post('/api/user/register', { body });
      const afterRegistration = { ...before, totalUsers: before.totalUsers + 1 };
      expect(await stats()).toEqual(afterRegistration);

      const created = await vpms.http.post('/api/admin/parking-lots', {
        token: admin.token,
        body: {
          prime_location_name: 'A',
          address: 'B',
          pin_code: '123',
          price: 12.34,
          number_of_spots: 4,
        },
      });
      const login = { username: 'counted', password: 'test123' };
      const { token } = (await vpms.http.post('/api/user/login', { body: login })).body;
      const driver = { id: 0, username: 'counted', token };
      const withLot = {
        ...afterRegistration,
        totalLots: before.totalLots + 1,
        totalSpots: before.totalSpots + 4,
        availableSpots: before.availableSpots + 4,
      };
      expect(await stats()).toEqual(withLot);

      const { id: booking } = await vpms.as(driver).park(created.body.id);
      expect(await stats()).toEqual({
        ...withLot,
        occupiedSpots: before.occupiedSpots + 1,
        availableSpots: before.availableSpots + 3,
        activeReservations: before.activeReservations + 1,
      });
      await vpms.as(driver).release(booking);
      const withRevenue = { ...withLot, totalRevenue: before.totalRevenue + 12.34 };
      expect(await stats()).toEqual(withRevenue);

      const lot = `/api/admin/parking-lots/${created.body.id}`;
      await vpms.http.put(lot, { token: admin.token, body: { number_of_spots: 1, price: 99 } });
      expect(await stats()).toMatchObject({ totalSpots: before.totalSpots + 1 });
      await vpms.http.delete(lot, { token: admin.token });
      const { totalLots, totalSpots, availableSpots } = before;
      expect(await stats()).toEqual({ ...withRevenue, totalLots, totalSpots, availableSpots });
    });

    it('do not count admins', async () => {
      const { totalUsers } = await stats();
      await createMember(vpms, 'admin');
      // `createMember` does not invalidate the cached statistics, but `createLot` does.
      await createLot(vpms);
      expect((await stats()).totalUsers).toBe(totalUsers);
    });
  });

  describe('recent activity', () => {
    it('lists the latest event of each booking, newest first', async () => {
      const lot = await createLot(vpms, { name: 'Busy', pricePerHour: 1000 });
      const [first, second] = [await createMember(vpms), await createMember(vpms)];
      clock.set('2026-03-01T10:00:00.000Z');
      const { id: early } = await vpms.as(first).park(lot.id);
      clock.advance(HOUR);
      const { id: late } = await vpms.as(second).park(lot.id);
      const ofFirst = {
        id: early,
        username: first.username,
        lot_name: 'Busy',
        spot_id: expect.any(Number),
        spot_number: '1',
        status: 'O',
        timestamp: '2026-03-01T10:00:00.000Z',
        parking_timestamp: '2026-03-01T10:00:00.000Z',
        leaving_timestamp: null,
        cost: 0,
      };
      const latest = async () => (await get('recent-activity')).body.slice(0, 2);
      expect(await latest()).toEqual([expect.objectContaining({ id: late, status: 'O' }), ofFirst]);

      clock.advance(HOUR);
      await vpms.as(first).release(early);
      const left = '2026-03-01T12:00:00.000Z';
      expect(await latest()).toEqual([
        { ...ofFirst, status: 'A', timestamp: left, leaving_timestamp: left, cost: 20 },
        expect.objectContaining({ id: late, timestamp: '2026-03-01T11:00:00.000Z' }),
      ]);
    });

    it('returns 10 events by default, and as many as requested', async () => {
      const lot = await createLot(vpms);
      const driver = await createMember(vpms);
      for (let count = 0; count < 12; count += 1) {
        clock.advance(1000);
        await vpms.as(driver).stay(lot.id);
      }
      expect((await get('recent-activity')).body).toHaveLength(10);
      expect((await get('recent-activity?limit=1')).body).toHaveLength(1);
      expect((await get('recent-activity?limit=100')).body.length).toBeGreaterThan(10);
    });

    it.each(['0', '101', '-1', '1.5', '', 'abc', '1e1', '%201', '0x1', '1&limit=2'])(
      'refuses the limit %j',
      async (limit) => {
        const response = await get(`recent-activity?limit=${limit}`);
        expectProblem(response, '400 VALIDATION_FAILED', ['limit']);
      },
    );
  });

  describe('drivers', () => {
    interface Driver {
      readonly id: number;
      readonly username: string;
    }
    const find = async (search: string): Promise<Driver[]> =>
      (await get(`users?search=${encodeURIComponent(search)}`)).body;

    it('are listed by id with their totals, without admins', async () => {
      const { body } = (await get('users')) as { body: Driver[] };
      const ids = body.map(({ id }) => id);
      expect(ids).toEqual(ids.toSorted((a, b) => a - b));
      expect(body).not.toContainEqual(expect.objectContaining({ role: 'admin' }));

      const lot = await createLot(vpms, { pricePerHour: 1234 });
      const driver = await createMember(vpms);
      const idle = { total_bookings: 0, active_bookings: 0, total_spent: 0 };
      expect(await find(driver.username)).toEqual([
        {
          id: driver.id,
          username: driver.username,
          email: `${driver.username}@example.com`,
          role: 'user',
          disabled: false,
          created_at: '1970-01-01T00:00:00.000Z',
          updated_at: '1970-01-01T00:00:00.000Z',
          ...idle,
        },
      ]);
      await vpms.as(driver).stay(lot.id);
      await vpms.as(driver).park(lot.id);
      const spent = { total_bookings: 2, active_bookings: 1, total_spent: 12.34 };
      expect(await find(driver.username)).toMatchObject([spent]);
    });

    it('are found by a part of the name or e-mail, case-insensitively', async () => {
      const body = {
        username: 'Find.Me_100',
        email: 'Other%Part@Example.com',
        password: 'test123',
      };
      const { user } = (await vpms.http.post('/api/user/register', { body })).body;
      for (const search of ['find.me', 'FIND', 'd.me_1', '_100', 'other%PART', 'r%p', '%', 'ME_']) {
        expect(await find(search)).toMatchObject([{ id: user.id }]);
      }
      for (const search of ['fin_me', 'f%me', "'", '\\', 'find me', '"', 'Find.Me_100 ']) {
        expect(await find(search)).toEqual([]);
      }
      expect((await find('')).length).toBeGreaterThan(1);
      expect((await find('@EXAMPLE.com')).length).toBeGreaterThan(1);
      expect(await find('admin@vpms')).toEqual([]);
    });

    it.each(['%00', '%1b', 'x&search=y'])('are not searched for by %s', async (search) => {
      const response = await get(`users?search=${search}`);
      expectProblem(response, '400 VALIDATION_FAILED', ['search']);
    });
  });
});
