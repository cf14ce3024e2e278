import { beforeEach, describe, expect, it } from 'vitest';
import { MINUTE } from '../../../src/platform/time/durations.js';
import { at, FixedClock, START } from '../../support/app/fixed-clock.js';
import { useTestApp } from '../../support/app/test-app.js';
import { createLot, createMember, type TestAccount } from '../../support/data/factories.js';
import { expectProblem } from '../../support/http/problems.js';

const clock = new FixedClock(START);
const vpms = useTestApp({ clock, environment: { JWT_EXPIRES_IN: '31536000' } });
let driver: TestAccount;
let lotId: number;

beforeEach(async () => {
  clock.set(START);
  driver = await createMember(vpms);
  lotId = (await createLot(vpms, { numberOfSpots: 1 })).id;
});

const reserve = async (from: number, until: number, member?: TestAccount, fields: object = {}) =>
  vpms
    .as(member ?? (await createMember(vpms)))
    .bookAhead({ lot_id: lotId, from: at(from), until: at(until), ...fields });

describe('a reservation', () => {
  it('has exactly the documented fields, until it is over', async () => {
    const { status, body } = await reserve(120, 240, driver, { vehicle_number: 'DL 1' });
    expect(status).toBe(201);
    expect(body).toEqual({
      id: expect.any(Number),
      spot_id: expect.any(Number),
      spot_number: '1',
      lot_id: lotId,
      lot_name: 'Central',
      address: '1 Main Street',
      user_id: driver.id,
      parking_timestamp: null,
      leaving_timestamp: null,
      reserved_from: at(120),
      reserved_until: at(240),
      hold_expires_at: null,
      cancelled_at: null,
      duration_hours: 0,
      price_per_hour: 12.5,
      tariff_id: null,
      price: 12.5,
      parking_cost: 0,
      cost_so_far: 0,
      vehicle_number: 'DL 1',
      remarks: null,
      status: 'reserved',
      created_at: START,
      updated_at: START,
    });
    expect((await vpms.as(driver).booking(body.id)).body).toEqual(body);
    clock.advance(110 * MINUTE);
    const checkedIn = await vpms.as(driver).checkIn(body.id);
    expect(checkedIn.body).toMatchObject({
      status: 'active',
      parking_timestamp: at(110),
      spot_number: '1',
      cost_so_far: 37.5,
    });
    clock.advance(135 * MINUTE);
    const released = await vpms.as(driver).release(body.id);
    // Charged from check-in at 110 to the end at 240, because 5 minutes later is on time: three hours.
    expect(released.body).toMatchObject({ status: 'completed', parking_cost: 37.5 });
    expect((await vpms.as(driver).get('/api/user/stats')).body).toMatchObject({
      totalBookings: 1,
      totalSpent: 37.5,
      upcomingBookings: 0,
    });
  });

  it('is listed on request only', async () => {
    const { body } = await reserve(120, 240, driver);
    const list = async (query: string) =>
      (await vpms.as(driver).get(`/api/user/bookings${query}`)).body;
    expect(await list('')).toEqual([]);
    expect(await list('?status=reserved')).toEqual([body]);
    expect(await list('?status=any')).toEqual([body]);
    expect(await list('?status=active,held,reserved')).toEqual([body]);
    expect((await vpms.as(driver).activeBooking()).body).toBeNull();
    expect((await vpms.as(driver).get('/api/user/stats')).body).toMatchObject({
      totalBookings: 0,
      upcomingBookings: 1,
    });
  });

  it('refuses a second one at the same time, and accepts adjacent ones', async () => {
    expect((await reserve(120, 240)).status).toBe(201);
    expectProblem(await reserve(180, 300), '409 LOT_FULL');
    expectProblem(await reserve(60, 121), '409 LOT_FULL');
    expect((await reserve(240, 300)).status).toBe(201);
    expect((await reserve(60, 120)).status).toBe(201);
  });

  it('refuses one that overlaps another live booking of the driver, in any lot', async () => {
    await reserve(120, 240, driver);
    lotId = (await createLot(vpms)).id;
    expectProblem(await reserve(180, 300, driver), '409 BOOKING_OVERLAPS');
    await vpms.as(driver).book(lotId);
    expectProblem(await reserve(30, 90, driver), '409 BOOKING_OVERLAPS');
    expect((await reserve(60, 120, driver)).status).toBe(201);
  });

  it.each([
    [{ from: at(-2), until: at(60) }, 'from'],
    [{ from: at(31 * 24 * 60), until: at(31 * 24 * 60 + 60) }, 'from'],
    [{ from: at(60), until: at(89) }, 'until'],
    [{ from: at(60), until: at(60 + 10_081) }, 'until'],
    [{ from: at(60), until: at(60) }, 'until'],
    [{ from: at(60) }, 'until'],
    [{ from: at(60), until: at(120), hold: 'yes' }, 'hold'],
  ])('is refused with the field: %j', async (fields, field) => {
    const response = await vpms.as(driver).bookAhead({ lot_id: lotId, ...fields });
    expectProblem(response, '400 VALIDATION_FAILED');
    expect(response.body.errors).toMatchObject([{ field }]);
  });

  it('moves to another spot to make room', async () => {
    lotId = (await createLot(vpms, { numberOfSpots: 2 })).id;
    await reserve(60, 120);
    await reserve(180, 240);
    const moved = await reserve(110, 150);
    expect(moved.body.spot_number).toBe('2');
    // Spot 1 is free from 120 to 180, spot 2 before 110 and after 150: only moving makes room.
    expect((await reserve(120, 220)).status).toBe(201);
    expectProblem(await reserve(105, 140), '409 LOT_FULL');
  });

  it('counts as an occupied spot when its claim begins within walk_in_minutes', async () => {
    const admin = await createMember(vpms, 'admin');
    await reserve(120, 240);
    const lot = async () =>
      (await vpms.as(admin).get('/api/admin/parking-lots')).body.find(
        ({ id }: { id: number }) => id === lotId,
      );
    const available = async () =>
      (await vpms.as(driver).get('/api/user/parking-lots/available')).body.map(
        ({ id }: { id: number }) => id,
      );
    expect(await lot()).toMatchObject({ available_spots: 1, occupied_spots: 0, reserved_spots: 0 });
    expect(await available()).toContain(lotId);
    clock.advance(60 * MINUTE);
    expect(await available()).toContain(lotId);
    clock.advance(1);
    expect(await lot()).toMatchObject({ available_spots: 0, occupied_spots: 1, reserved_spots: 1 });
    expect(await available()).not.toContain(lotId);
    const { body: spots } = await vpms.as(admin).get(`/api/admin/parking-lots/${lotId}/spots`);
    expect(spots).toMatchObject([
      { status: 'O', status_text: 'Reserved', reservation: { parking_timestamp: null } },
    ]);
    expectProblem(await vpms.as(driver).book(lotId), '409 LOT_FULL');
  });
});

describe('a hold', () => {
  it('becomes a reservation when it is confirmed, and expires otherwise', async () => {
    const first = await reserve(120, 240, driver, { hold: true });
    expect(first.body).toMatchObject({ status: 'held', hold_expires_at: at(10) });
    clock.advance(10 * MINUTE - 1);
    const confirmed = await vpms.as(driver).confirm(first.body.id);
    expect(confirmed.body).toMatchObject({ status: 'reserved', hold_expires_at: null });
    expectProblem(await vpms.as(driver).confirm(first.body.id), '409 WRONG_STATUS');
    const other = await createMember(vpms);
    const second = await reserve(240, 300, other, { hold: true });
    clock.advance(10 * MINUTE);
    expectProblem(await vpms.as(other).confirm(second.body.id), '410 HOLD_EXPIRED');
    expect((await vpms.as(other).booking(second.body.id)).body).toMatchObject({
      status: 'expired',
    });
    expect((await reserve(240, 300)).status).toBe(201);
    clock.set(START);
    // What was reported stays true when the clock is set back.
    expect((await vpms.as(other).booking(second.body.id)).body.status).toBe('expired');
    expectProblem(await vpms.as(other).confirm(second.body.id), '410 HOLD_EXPIRED');
  });

  it('stays expired when the clock is set back directly after the refusal', async () => {
    const { body } = await reserve(120, 240, driver, { hold: true });
    clock.advance(10 * MINUTE);
    expectProblem(await vpms.as(driver).confirm(body.id), '410 HOLD_EXPIRED');
    clock.set(START);
    expectProblem(await vpms.as(driver).confirm(body.id), '410 HOLD_EXPIRED');
  });

  it('makes room in every list of lots at the moment at which it expires', async () => {
    const admin = vpms.as(await createMember(vpms, 'admin'));
    await reserve(30, 90, driver, { hold: true });
    const reservedSpots = async () => {
      const { body } = await admin.get('/api/admin/parking-lots');
      return body.find(({ id }: { id: number }) => id === lotId).reserved_spots;
    };
    expect(await reservedSpots()).toBe(1);
    clock.advance(10 * MINUTE);
    expect(await reservedSpots()).toBe(0);
  });

  it('reports when it expires, which is no later than a reservation is missed', async () => {
    const admin = vpms.as(await createMember(vpms, 'admin'));
    const { body: policy } = await admin.policy(lotId);
    await admin.setPolicy(lotId, { ...policy, no_show_after_minutes: 0 });
    const { body } = await reserve(2, 62, driver, { hold: true });
    expect(body.hold_expires_at).toBe(at(2));
    const moved = await vpms.as(driver).changeBooking(body.id, { from: at(32), until: at(92) });
    expect(moved.body).toMatchObject({ status: 'held', hold_expires_at: at(10) });
  });

  it('can be cancelled free of charge', async () => {
    const { body } = await reserve(30, 90, driver, { hold: true });
    expect((await vpms.as(driver).previewCancellation(body.id)).body).toEqual({
      fee: 0,
      free_until: null,
    });
    expect((await vpms.as(driver).cancel(body.id)).body).toMatchObject({
      status: 'cancelled',
      cancelled_at: START,
      parking_cost: 0,
    });
  });
});
