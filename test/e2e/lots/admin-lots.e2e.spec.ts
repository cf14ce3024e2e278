import { beforeAll, describe, expect, it } from 'vitest';
import { createLot, createMember, type TestAccount } from '../../support/data/factories.js';
import { FixedClock } from '../../support/app/fixed-clock.js';
import { expectProblem } from '../../support/http/problems.js';
import { useTestApp } from '../../support/app/test-app.js';

const LOT = {
  prime_location_name: 'Connaught Place',
  address: 'Block C, New Delhi',
  pin_code: '110001',
  price: 40,
  number_of_spots: 3,
};
const START = '2026-03-01T09:30:00.000Z';
const LATER = '2026-03-01T10:00:00.000Z';

describe('the lots API for admins', () => {
  const clock = new FixedClock(START);
  const vpms = useTestApp({ clock });
  let admin: TestAccount;

  beforeAll(async () => {
    admin = await createMember(vpms, 'admin');
  });

  const lots = '/api/admin/parking-lots';
  const create = (fields: object = {}) =>
    vpms.http.post(lots, { token: admin.token, body: { ...LOT, ...fields } });
  const update = (id: number, body: object) =>
    vpms.http.put(`${lots}/${id}`, { token: admin.token, body });
  const remove = (id: number) => vpms.http.delete(`${lots}/${id}`, { token: admin.token });
  const list = async () => (await vpms.http.get(lots, { token: admin.token })).body;
  const spotsOf = async (id: number) =>
    (await vpms.http.get(`${lots}/${id}/spots`, { token: admin.token })).body;
  const numbersOf = async (id: number) =>
    ((await spotsOf(id)) as { spot_number: string }[]).map(({ spot_number: number }) => number);
  const park = async (lotId: number, vehicle = 'DL 1') => {
    const driver = await createMember(vpms);
    return { driver, booking: await vpms.as(driver).park(lotId, { vehicle_number: vehicle }) };
  };

  it('creates a lot and returns exactly its fields', async () => {
    clock.set(START);
    const { status, body } = await create();
    expect(status).toBe(201);
    expect(body).toEqual({
      id: expect.any(Number),
      ...LOT,
      tariff_id: null,
      time_zone: 'UTC',
      latitude: null,
      longitude: null,
      available_spots: 3,
      occupied_spots: 0,
      reserved_spots: 0,
      created_at: START,
      updated_at: START,
    });
    expect((await list()).at(-1)).toEqual(body);
  });

  it('numbers the spots "1" to "N"', async () => {
    clock.set(START);
    const { body } = await create({ number_of_spots: 12 });
    const spots = await spotsOf(body.id);
    expect(await numbersOf(body.id)).toEqual(Array.from({ length: 12 }, (_, i) => String(i + 1)));
    expect(spots[0]).toEqual({
      id: expect.any(Number),
      lot_id: body.id,
      spot_number: '1',
      status: 'A',
      status_text: 'Available',
      created_at: START,
      reservation: null,
    });
  });

  it('accepts two lots with the same name', async () => {
    const [first, second] = [await create(), await create()];
    expect(second.body.id).toBeGreaterThan(first.body.id);
  });

  it.each([0, -1, 1.5, 10_001, 1e300])('refuses a lot with %d spots', async (count) => {
    const response = await create({ number_of_spots: count });
    expectProblem(response, '400 VALIDATION_FAILED', ['number_of_spots']);
    const { id } = await createLot(vpms);
    const changed = await update(id, { number_of_spots: count });
    expectProblem(changed, '400 VALIDATION_FAILED', ['number_of_spots']);
  });

  it('accepts a lot with 10,000 spots', async () => {
    const { status, body } = await create({ number_of_spots: 10_000 });
    expect(status).toBe(201);
    expect(body.available_spots).toBe(10_000);
    expect(await spotsOf(body.id)).toHaveLength(500);
  });

  it('lists lots by id', async () => {
    const ids = ((await list()) as { id: number }[]).map(({ id }) => id);
    expect(ids).toEqual(ids.toSorted((a, b) => a - b));
  });

  it('shows the driver on a spot until the release', async () => {
    clock.set(START);
    const { id } = await createLot(vpms);
    const { driver, booking } = await park(id, 'KA 01');
    const [first, second] = await spotsOf(id);
    expect(first).toMatchObject({ status: 'O', status_text: 'Occupied' });
    expect(first.reservation).toEqual({
      id: booking.id,
      user_id: driver.id,
      username: driver.username,
      vehicle_number: 'KA 01',
      parking_timestamp: START,
    });
    expect(second.reservation).toBeNull();
    expect((await list()).at(-1)).toMatchObject({ available_spots: 9, occupied_spots: 1 });
    await vpms.as(driver).release(booking.id);
    expect((await spotsOf(id))[0]).toMatchObject({ status: 'A', reservation: null });
  });

  it.each(Object.entries({ ...LOT, pin_code: '560 001', price: 55.5, number_of_spots: 5 }))(
    'changes only %s if only it is sent',
    async (field, value) => {
      clock.set(START);
      const { body: before } = await create({ prime_location_name: 'Old', address: 'Old' });
      clock.set(LATER);
      const { status, body } = await update(before.id, { [field]: value });
      expect(status).toBe(200);
      const spots = field === 'number_of_spots' ? { available_spots: value } : {};
      expect(body).toEqual({ ...before, [field]: value, ...spots, updated_at: LATER });
    },
  );

  it('changes nothing for {}', async () => {
    clock.set(START);
    const { body: before } = await create();
    clock.set(LATER);
    expect(await update(before.id, {})).toMatchObject({ status: 200, body: before });
  });

  it('changes nothing if one field is invalid', async () => {
    const { body: before } = await create();
    const response = await update(before.id, { address: 'New', price: -1 });
    expectProblem(response, '400 VALIDATION_FAILED', ['price']);
    expect((await list()).at(-1)).toEqual(before);
  });

  it.each(['id', 'available_spots', 'occupied_spots', 'created_at', 'updated_at'])(
    'refuses to set %s',
    async (field) => {
      expectProblem(await create({ [field]: 1 }), '400 VALIDATION_FAILED', [field]);
      const { id } = await createLot(vpms);
      expectProblem(await update(id, { [field]: 1 }), '400 VALIDATION_FAILED', [field]);
    },
  );

  it('retires the free spots with the highest numbers, and restores them first', async () => {
    const { id } = await createLot(vpms, { numberOfSpots: 5 });
    const ids = new Map<string, number>();
    for (const spot of await spotsOf(id)) ids.set(spot.spot_number, spot.id);
    await update(id, { number_of_spots: 2 });
    expect(await numbersOf(id)).toEqual(['1', '2']);
    await update(id, { number_of_spots: 4 });
    for (const spot of await spotsOf(id)) expect(spot.id).toBe(ids.get(spot.spot_number));
    await update(id, { number_of_spots: 7 });
    expect(await numbersOf(id)).toEqual(['1', '2', '3', '4', '5', '6', '7']);
  });

  it('never retires an occupied spot', async () => {
    const { id } = await createLot(vpms, { numberOfSpots: 4 });
    const parked = [await park(id), await park(id), await park(id), await park(id)];
    for (const { driver, booking } of parked.slice(0, 2)) await vpms.as(driver).release(booking.id);
    const { body } = await update(id, { number_of_spots: 2 });
    expect(body).toMatchObject({ number_of_spots: 2, available_spots: 0, occupied_spots: 2 });
    expect(await numbersOf(id)).toEqual(['3', '4']);
    expectProblem(await update(id, { number_of_spots: 1 }), '409 TOO_FEW_SPOTS');
    expectProblem(await update(id, { number_of_spots: 1, address: 'x' }), '409 TOO_FEW_SPOTS');
    expect((await list()).at(-1)).toEqual(body);
  });

  it('deletes a lot without active bookings', async () => {
    const { id } = await createLot(vpms);
    const { driver, booking } = await park(id);
    expectProblem(await remove(id), '409 LOT_OCCUPIED');
    expect((await list()).at(-1).id).toBe(id);
    await vpms.as(driver).release(booking.id);
    const removed = await remove(id);
    expect(removed.status).toBe(200);
    expect(removed.body).toEqual({ message: expect.stringMatching(/\S/) });
    expect(((await list()) as { id: number }[]).map((lot) => lot.id)).not.toContain(id);
    const { token } = admin;
    for (const response of [await remove(id), await update(id, {}), await update(id, LOT)]) {
      expectProblem(response, '404 LOT_NOT_FOUND');
    }
    expectProblem(await vpms.http.get(`${lots}/${id}/spots`, { token }), '404 LOT_NOT_FOUND');
    const another = await createMember(vpms);
    const booked = await vpms.as(another).book(id);
    expectProblem(booked, '404 LOT_NOT_FOUND');
  });

  it('keeps past bookings after a rename, a decrease and a deletion', async () => {
    const { id } = await createLot(vpms, { numberOfSpots: 2 });
    await park(id);
    const { driver, booking } = await park(id);
    await vpms.as(driver).release(booking.id);
    const history = async () =>
      (await vpms.http.get('/api/user/bookings', { token: driver.token })).body;
    const [before] = await history();
    expect(before).toMatchObject({ spot_number: '2', lot_name: 'Central' });
    await update(id, { number_of_spots: 1, price: 99 });
    expect(await history()).toEqual([{ ...before, price: 99 }]);
    await update(id, { prime_location_name: 'Renamed', address: 'Moved' });
    const renamed = { ...before, price: 99, lot_name: 'Renamed', address: 'Moved' };
    expect(await history()).toEqual([renamed]);
  });

  it('shows the last fields of a deleted lot in the history', async () => {
    const { id } = await createLot(vpms, { name: 'Gone', numberOfSpots: 1 });
    const { driver, booking } = await park(id);
    await vpms.as(driver).release(booking.id);
    const history = () => vpms.http.get('/api/user/bookings', { token: driver.token });
    const { body: before } = await history();
    await remove(id);
    expect((await history()).body).toEqual(before);
    expect(before[0]).toMatchObject({ lot_name: 'Gone', address: '1 Main Street', lot_id: id });
  });
});
