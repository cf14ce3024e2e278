import { beforeEach, describe, expect, it } from 'vitest';
import { createLot, createMember, type TestAccount } from '../../support/data/factories.js';
import { FixedClock } from '../../support/app/fixed-clock.js';
import { expectProblem } from '../../support/http/problems.js';
import { HOUR } from '../../../src/platform/time/durations.js';
import { useTestApp } from '../../support/app/test-app.js';

const START = '2026-03-01T09:30:00.000Z';

describe('bookings', () => {
  const clock = new FixedClock(START);
  const vpms = useTestApp({ clock });
  let driver: TestAccount;

  beforeEach(async () => {
    clock.set(START);
    driver = await createMember(vpms);
  });

  const get = (path: string, { token } = driver) => vpms.http.get(`/api/user/${path}`, { token });

  it('have exactly the documented fields', async () => {
    const lot = await createLot(vpms);
    const { status, body } = await vpms
      .as(driver)
      .book(lot.id, { vehicle_number: 'DL 01 AB 1234', remarks: 'Back by six' });
    expect(status).toBe(201);
    expect(body).toEqual({
      id: expect.any(Number),
      spot_id: expect.any(Number),
      spot_number: '1',
      lot_id: lot.id,
      lot_name: 'Central',
      address: '1 Main Street',
      user_id: driver.id,
      parking_timestamp: START,
      leaving_timestamp: null,
      reserved_from: null,
      reserved_until: null,
      hold_expires_at: null,
      cancelled_at: null,
      duration_hours: 0,
      price_per_hour: 12.5,
      tariff_id: null,
      price: 12.5,
      parking_cost: 0,
      cost_so_far: 12.5,
      vehicle_number: 'DL 01 AB 1234',
      remarks: 'Back by six',
      status: 'active',
      created_at: START,
      updated_at: START,
    });
    clock.advance(HOUR * 1.5);
    const released = await vpms.as(driver).release(body.id);
    expect(released.status).toBe(200);
    const left = '2026-03-01T11:00:00.000Z';
    const completed = {
      ...body,
      status: 'completed',
      leaving_timestamp: left,
      updated_at: left,
      duration_hours: 1.5,
      parking_cost: 25,
      cost_so_far: 25,
    };
    expect(released.body).toEqual({ ...completed, cost: 25 });
    expect((await get('bookings')).body).toEqual([completed]);
  });

  it('are accepted without vehicle and remarks', async () => {
    const lot = await createLot(vpms);
    const { body } = await vpms.as(driver).book(lot.id);
    expect(body).toMatchObject({ vehicle_number: null, remarks: null });
  });

  it('occupy the free spot with the lowest number', async () => {
    const lot = await createLot(vpms);
    const second = await createMember(vpms);
    const bookings: number[] = [];
    for (const member of [await createMember(vpms), second, await createMember(vpms)]) {
      const { body } = await vpms.as(member).book(lot.id);
      expect(body.spot_number).toBe(String(bookings.push(body.id)));
    }
    await vpms.as(second).release(bookings[1] ?? '');
    expect((await vpms.as(driver).book(lot.id)).body.spot_number).toBe('2');
    expect((await vpms.as(second).book(lot.id)).body.spot_number).toBe('4');
  });

  it('require an existing lot with a free spot', async () => {
    expectProblem(await vpms.as(driver).book(999_999), '404 LOT_NOT_FOUND');
    const lot = await createLot(vpms, { numberOfSpots: 1 });
    await vpms.as(await createMember(vpms)).book(lot.id);
    expectProblem(await vpms.as(driver).book(lot.id), '409 LOT_FULL');
  });

  it('are refused while the driver has an active one', async () => {
    const [lot, other] = [await createLot(vpms), await createLot(vpms, { numberOfSpots: 1 })];
    const { body } = await vpms.as(driver).book(lot.id);
    expectProblem(await vpms.as(driver).book(lot.id), '409 ALREADY_PARKED');
    expectProblem(await vpms.as(driver).book(other.id), '409 ALREADY_PARKED');
    await vpms.as(await createMember(vpms)).book(other.id);
    expectProblem(await vpms.as(driver).book(other.id), '409 ALREADY_PARKED');
    await vpms.as(driver).release(body.id);
    expect((await vpms.as(driver).book(lot.id)).status).toBe(201);
  });

  it('are created once for 20 concurrent requests of one driver', async () => {
    const lot = await createLot(vpms, { numberOfSpots: 50 });
    const responses = await Promise.all(
      Array.from({ length: 20 }, () => vpms.as(driver).book(lot.id)),
    );
    const refused = responses.filter(({ status }) => status !== 201);
    expect(refused).toHaveLength(19);
    for (const response of refused) expectProblem(response, '409 ALREADY_PARKED');
  });

  it('are released once for concurrent requests', async () => {
    const lot = await createLot(vpms);
    const { body } = await vpms.as(driver).book(lot.id);
    const responses = await Promise.all(
      Array.from({ length: 20 }, () => vpms.as(driver).release(body.id)),
    );
    const refused = responses.filter(({ status }) => status !== 200);
    expect(refused).toHaveLength(19);
    for (const response of refused) expectProblem(response, '409 ALREADY_RELEASED');
    expectProblem(await vpms.as(driver).release(body.id), '409 ALREADY_RELEASED');
  });

  it('are invisible to other drivers, who cannot release them', async () => {
    const lot = await createLot(vpms);
    const { body } = await vpms.as(driver).book(lot.id);
    const other = await createMember(vpms);
    const response = await vpms.as(other).release(body.id);
    expectProblem(response, '404 BOOKING_NOT_FOUND');
    const unknown = await vpms.as(other).release(999_999);
    expect(unknown.body.title).toBe(response.body.title);
    expect((await get('bookings', other)).body).toEqual([]);
    expect((await get('active-booking', other)).text).toBe('null');
    expect((await get('active-booking')).body.id).toBe(body.id);
  });

  it.each([
    [0, 1],
    [1, 1],
    [HOUR - 1, 1],
    [HOUR, 1],
    [HOUR + 1, 2],
    [2 * HOUR, 2],
    [2 * HOUR + 1, 3],
  ])('charge a stay of %i ms as %i started hours', async (milliseconds, hours) => {
    const lot = await createLot(vpms, { pricePerHour: 1610 });
    const { body } = await vpms.as(driver).book(lot.id);
    clock.advance(milliseconds);
    const released = await vpms.as(driver).release(body.id);
    const cost = Number((hours * 16.1).toFixed(2));
    expect(released.body).toMatchObject({ cost, parking_cost: cost });
  });

  it("charge the agreed price after the lot's price has changed", async () => {
    const lot = await createLot(vpms);
    const admin = await createMember(vpms, 'admin');
    const { body } = await vpms.as(driver).book(lot.id);
    const changes = { token: admin.token, body: { price: 99.99 } };
    await vpms.http.put(`/api/admin/parking-lots/${lot.id}`, changes);
    const active = await get('active-booking');
    expect(active.body).toMatchObject({ price_per_hour: 12.5, price: 99.99 });
    const released = await vpms.as(driver).release(body.id);
    expect(released.body).toMatchObject({ price_per_hour: 12.5, price: 99.99, cost: 12.5 });
  });

  it('show a duration until now while active, with two decimals', async () => {
    const lot = await createLot(vpms);
    await vpms.as(driver).book(lot.id);
    clock.advance(HOUR / 3);
    const { body } = await get('active-booking');
    expect(body).toMatchObject({ duration_hours: 0.33, parking_cost: 0, status: 'active' });
    clock.advance(HOUR * 10);
    expect((await get('bookings')).body[0].duration_hours).toBe(10.33);
  });

  it('are returned as null if none is active', async () => {
    const { status, text, headers } = await get('active-booking');
    expect({ status, text }).toEqual({ status: 200, text: 'null' });
    expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(headers.get('content-length')).toBe('4');
    const lot = await createLot(vpms);
    const { body } = await vpms.as(driver).book(lot.id);
    expect((await get('active-booking')).body).toEqual(body);
    await vpms.as(driver).release(body.id);
    expect((await get('active-booking')).text).toBe('null');
  });

  describe('history', () => {
    it('lists bookings newest first, and filters by status', async () => {
      const lot = await createLot(vpms);
      const ids: number[] = [];
      for (let count = 0; count < 3; count += 1) {
        const { body } = await vpms.as(driver).book(lot.id);
        ids.unshift(body.id);
        clock.advance(HOUR);
        if (count < 2) await vpms.as(driver).release(body.id);
      }
      const list = async (query: string) =>
        ((await get(`bookings${query}`)).body as { id: number }[]).map(({ id }) => id);
      expect(await list('')).toEqual(ids);
      expect(await list('?status=active')).toEqual(ids.slice(0, 1));
      expect(await list('?status=completed')).toEqual(ids.slice(1));
      expect(await list('?unknown=1')).toEqual(ids);
    });

    it('is empty at first', async () => {
      expect((await get('bookings')).text).toBe('[]');
    });

    it.each(['', 'Active', 'done', 'active,parked', 'active&status=active', '%00'])(
      'refuses the status %j',
      async (status) => {
        const response = await get(`bookings?status=${status}`);
        expectProblem(response, '400 VALIDATION_FAILED', ['status']);
      },
    );
  });
});
