import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLot, createMember, type TestAccount } from '../../support/data/factories.js';
import { FixedClock } from '../../support/app/fixed-clock.js';
import { startTestApp, type TestApp } from '../../support/app/test-app.js';

describe("a driver's statistics and lots", () => {
  const clock = new FixedClock();
  let vpms: TestApp;
  let driver: TestAccount;
  let admin: TestAccount;

  const start = async (timezone: string, instant: string) => {
    clock.set(instant);
    const environment = { TIMEZONE: timezone, JWT_EXPIRES_IN: '31536000' };
    vpms = await startTestApp({ clock, environment });
    [driver, admin] = [await createMember(vpms), await createMember(vpms, 'admin')];
  };
  beforeEach(() => start('Asia/Kolkata', '2026-03-01T09:30:00.000Z'));
  afterEach(() => vpms[Symbol.asyncDispose]());

  const get = async (path: string, { token } = driver) =>
    (await vpms.http.get(`/api/user/${path}`, { token })).body;

  it('are zero at first, and include each write in the next read', async () => {
    const nothing = {
      totalBookings: 0,
      activeBookings: 0,
      totalSpent: 0,
      monthlyBookings: 0,
      upcomingBookings: 0,
    };
    expect(await get('stats')).toEqual(nothing);
    const lot = await createLot(vpms, { pricePerHour: 1234 });
    const { id: booking } = await vpms.as(driver).park(lot.id);
    const active = {
      totalBookings: 1,
      activeBookings: 1,
      totalSpent: 0,
      monthlyBookings: 1,
      upcomingBookings: 0,
    };
    expect(await get('stats')).toEqual(active);
    await vpms.as(driver).release(booking);
    expect(await get('stats')).toEqual({ ...active, activeBookings: 0, totalSpent: 12.34 });
    expect(await get('stats', await createMember(vpms))).toEqual(nothing);
  });

  it("count a month from midnight to midnight in the installation's time zone", async () => {
    const lot = await createLot(vpms);
    // Midnight in India is 18:30 UTC of the previous day.
    for (const instant of ['2026-03-31T18:29:59.999Z', '2026-03-31T18:30:00.000Z']) {
      clock.set(instant);
      await vpms.as(driver).stay(lot.id);
    }
    expect(await get('stats')).toMatchObject({ totalBookings: 2, monthlyBookings: 1 });
    clock.set('2026-04-30T18:29:59.999Z');
    await vpms.as(driver).park(lot.id);
    expect(await get('stats')).toMatchObject({ totalBookings: 3, monthlyBookings: 2 });
  });

  describe('available lots', () => {
    const ids = async () =>
      ((await get('parking-lots/available')) as { id: number }[]).map(({ id }) => id);

    it('have a free spot and are sorted by id, with the same fields as for admins', async () => {
      const [first, second] = [
        await createLot(vpms, { numberOfSpots: 1 }),
        await createLot(vpms, { numberOfSpots: 2 }),
      ];
      const all = await vpms.http.get('/api/admin/parking-lots', { token: admin.token });
      expect(await get('parking-lots/available')).toEqual(all.body);
      const { id: booking } = await vpms.as(driver).park(first.id);
      expect(await ids()).toEqual([second.id]);
      await vpms.as(driver).release(booking);
      expect(await ids()).toEqual([first.id, second.id]);
      await vpms.as(driver).park(second.id);
      expect((await get('parking-lots/available')).at(-1)).toMatchObject({
        id: second.id,
        available_spots: 1,
        occupied_spots: 1,
      });
    });

    it("reflect the admin's changes", async () => {
      const lot = await createLot(vpms, { numberOfSpots: 1 });
      await vpms.as(driver).park(lot.id);
      expect(await ids()).toEqual([]);
      const path = `/api/admin/parking-lots/${lot.id}`;
      await vpms.http.put(path, { token: admin.token, body: { number_of_spots: 2, price: 1 } });
      expect((await get('parking-lots/available'))[0]).toMatchObject({ id: lot.id, price: 1 });
      const empty = await createLot(vpms);
      expect(await ids()).toEqual([lot.id, empty.id]);
      await vpms.http.delete(`/api/admin/parking-lots/${empty.id}`, { token: admin.token });
      expect(await ids()).toEqual([lot.id]);
    });
  });
});
