import { describe, expect, it } from 'vitest';
import { MINUTE } from '../../../src/platform/time/durations.js';
import { at, START } from '../../support/app/fixed-clock.js';
import { expectProblem } from '../../support/http/problems.js';
import { ParkingScene } from '../../support/scenes/parking-scene.js';

const scene = new ParkingScene();
const { clock, bookAhead, reserve, reserveForOther, newDriver, newLot, booking, statistics } =
  scene;

describe('a reservation', () => {
  it('has exactly the documented fields, until it is over', async () => {
    const body = await reserve(120, 240, { vehicle_number: 'DL 1' });
    expect(body).toEqual({
      id: expect.any(Number),
      spot_id: expect.any(Number),
      spot_number: '1',
      lot_id: scene.lotId,
      lot_name: 'Central',
      address: '1 Main Street',
      user_id: scene.driverAccount.id,
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
    expect(await booking(body.id)).toEqual(body);
    clock.advance(110 * MINUTE);
    const checkedIn = await scene.driver.checkIn(body.id);
    expect(checkedIn.body).toMatchObject({
      status: 'active',
      parking_timestamp: at(110),
      spot_number: '1',
      cost_so_far: 37.5,
    });
    clock.advance(135 * MINUTE);
    const released = await scene.driver.release(body.id);
    // Leaving 5 minutes late is on time, so three started hours are charged: from check-in at 110 until 240.
    expect(released.body).toMatchObject({ status: 'completed', parking_cost: 37.5 });
    expect(await statistics()).toMatchObject({
      totalBookings: 1,
      totalSpent: 37.5,
      upcomingBookings: 0,
    });
  });

  it('is listed only by the status that the request names', async () => {
    const body = await reserve(120, 240);
    const list = async (query: string) =>
      (await scene.driver.get(`/api/user/bookings${query}`)).body;
    expect(await list('')).toEqual([]);
    expect(await list('?status=reserved')).toEqual([body]);
    expect(await list('?status=any')).toEqual([body]);
    expect(await list('?status=active,held,reserved')).toEqual([body]);
    expect((await scene.driver.activeBooking()).body).toBeNull();
    expect(await statistics()).toMatchObject({
      totalBookings: 0,
      upcomingBookings: 1,
    });
  });

  it('blocks its spot for its window, but not directly before or after it', async () => {
    await reserveForOther(120, 240);
    expectProblem(await bookAhead(180, 300, {}, await newDriver()), '409 LOT_FULL');
    expectProblem(await bookAhead(60, 121, {}, await newDriver()), '409 LOT_FULL');
    await reserveForOther(240, 300);
    await reserveForOther(60, 120);
  });

  it('is refused if it overlaps another live booking of its driver, even in another lot', async () => {
    await reserve(120, 240);
    await newLot();
    expectProblem(await bookAhead(180, 300), '409 BOOKING_OVERLAPS');
    await scene.driver.book(scene.lotId);
    expectProblem(await bookAhead(30, 90), '409 BOOKING_OVERLAPS');
    await reserve(60, 120);
  });

  it.each([
    [{ from: at(-2), until: at(60) }, 'from'],
    [{ from: at(31 * 24 * 60), until: at(31 * 24 * 60 + 60) }, 'from'],
    [{ from: at(60), until: at(89) }, 'until'],
    [{ from: at(60), until: at(60 + 10_081) }, 'until'],
    [{ from: at(60), until: at(60) }, 'until'],
    [{ from: at(60) }, 'until'],
    [{ from: at(60), until: at(120), hold: 'yes' }, 'hold'],
  ])('is refused, with the name of the field, for %j', async (fields, field) => {
    const response = await scene.driver.bookAhead({ lot_id: scene.lotId, ...fields });
    expectProblem(response, '400 VALIDATION_FAILED');
    expect(response.body.errors).toMatchObject([{ field }]);
  });

  it('is moved to another spot if that makes room', async () => {
    await newLot({ numberOfSpots: 2 });
    await reserveForOther(60, 120);
    await reserveForOther(180, 240);
    const moved = await reserveForOther(110, 150);
    expect(moved.spot_number).toBe('2');
    // Spot 1 is free from 120 to 180, spot 2 before 110 and after 150, so another booking must move.
    await reserveForOther(120, 220);
    expectProblem(await bookAhead(105, 140, {}, await newDriver()), '409 LOT_FULL');
  });

  it('counts as an occupied spot when its claim begins within walk_in_minutes', async () => {
    await reserveForOther(120, 240);
    const lot = async () =>
      (await scene.admin.get('/api/admin/parking-lots')).body.find(
        ({ id }: { id: number }) => id === scene.lotId,
      );
    const available = async () =>
      (await scene.driver.get('/api/user/parking-lots/available')).body.map(
        ({ id }: { id: number }) => id,
      );
    expect(await lot()).toMatchObject({ available_spots: 1, occupied_spots: 0, reserved_spots: 0 });
    expect(await available()).toContain(scene.lotId);
    clock.advance(60 * MINUTE);
    expect(await available()).toContain(scene.lotId);
    clock.advance(1);
    expect(await lot()).toMatchObject({ available_spots: 0, occupied_spots: 1, reserved_spots: 1 });
    expect(await available()).not.toContain(scene.lotId);
    const { body: spots } = await scene.admin.get(`/api/admin/parking-lots/${scene.lotId}/spots`);
    expect(spots).toMatchObject([
      { status: 'O', status_text: 'Reserved', reservation: { parking_timestamp: null } },
    ]);
    expectProblem(await scene.driver.book(scene.lotId), '409 LOT_FULL');
  });
});

describe('a hold', () => {
  it('becomes a reservation when it is confirmed, and expires otherwise', async () => {
    const first = await reserve(120, 240, { hold: true });
    expect(first).toMatchObject({ status: 'held', hold_expires_at: at(10) });
    clock.advance(10 * MINUTE - 1);
    const confirmed = await scene.driver.confirm(first.id);
    expect(confirmed.body).toMatchObject({ status: 'reserved', hold_expires_at: null });
    expectProblem(await scene.driver.confirm(first.id), '409 WRONG_STATUS');
    const other = await newDriver();
    const second = await reserve(240, 300, { hold: true }, other);
    clock.advance(10 * MINUTE);
    expectProblem(await other.confirm(second.id), '410 HOLD_EXPIRED');
    expect(await booking(second.id, other)).toMatchObject({
      status: 'expired',
    });
    await reserveForOther(240, 300);
    clock.set(START);
    // A reported expiry is final, even if the clock is set back.
    expect((await booking(second.id, other)).status).toBe('expired');
    expectProblem(await other.confirm(second.id), '410 HOLD_EXPIRED');
  });

  it('stays expired when the clock is set back directly after the refusal', async () => {
    const { id } = await reserve(120, 240, { hold: true });
    clock.advance(10 * MINUTE);
    expectProblem(await scene.driver.confirm(id), '410 HOLD_EXPIRED');
    clock.set(START);
    expectProblem(await scene.driver.confirm(id), '410 HOLD_EXPIRED');
  });

  it('makes room in every list of lots at the instant at which it expires', async () => {
    await reserve(30, 90, { hold: true });
    const reservedSpots = async () => {
      const { body } = await scene.admin.get('/api/admin/parking-lots');
      return body.find(({ id }: { id: number }) => id === scene.lotId).reserved_spots;
    };
    expect(await reservedSpots()).toBe(1);
    clock.advance(10 * MINUTE);
    expect(await reservedSpots()).toBe(0);
  });

  it('reports when it expires, which is no later than a reservation is missed', async () => {
    const { body: policy } = await scene.admin.policy(scene.lotId);
    await scene.admin.setPolicy(scene.lotId, { ...policy, no_show_after_minutes: 0 });
    const body = await reserve(2, 62, { hold: true });
    expect(body.hold_expires_at).toBe(at(2));
    const moved = await scene.driver.changeBooking(body.id, { from: at(32), until: at(92) });
    expect(moved.body).toMatchObject({ status: 'held', hold_expires_at: at(10) });
  });

  it('can be cancelled free of charge', async () => {
    const body = await reserve(30, 90, { hold: true });
    expect((await scene.driver.previewCancellation(body.id)).body).toEqual({
      fee: 0,
      free_until: null,
    });
    expect((await scene.driver.cancel(body.id)).body).toMatchObject({
      status: 'cancelled',
      cancelled_at: START,
      parking_cost: 0,
    });
  });
});
