import { beforeEach, describe, expect, it } from 'vitest';
import { HOUR, MINUTE } from '../../../src/platform/time/durations.js';
import { FixedClock } from '../../support/app/fixed-clock.js';
import { useTestApp } from '../../support/app/test-app.js';
import { createLot, createMember, type TestAccount } from '../../support/data/factories.js';
import { perHour } from '../../support/data/tariffs.js';
import { expectProblem } from '../../support/http/problems.js';

const START = '2026-03-02T08:00:00.000Z';
/** The instant so many minutes after the start. */
const at = (minutes: number) => new Date(Date.parse(START) + minutes * MINUTE).toISOString();

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
    // From check-in at 110 to the end at 240: a release 5 minutes later is on time. Three hours.
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

describe('the tariff of a reservation', () => {
  it('stays when the booking is extended or gets remarks, and is the current one after a new window', async () => {
    const admin = vpms.as(await createMember(vpms, 'admin'));
    const { body: first } = await admin.setTariff(lotId, perHour(10));
    const { body } = await reserve(120, 240, driver);
    expect(body).toMatchObject({ tariff_id: first.id });
    clock.advance(1);
    const { body: second } = await admin.setTariff(lotId, perHour(30));
    const api = vpms.as(driver);
    const noted = await api.changeBooking(body.id, { remarks: 'By the door' });
    expect(noted.body).toMatchObject({ tariff_id: first.id });
    const preview = await api.get(`/api/user/bookings/${body.id}/extension?until=${at(300)}`);
    expect(preview.body).toEqual({ available: true, cost: 10, total: 30 });
    const extended = await api.extend(body.id, at(300));
    expect(extended.body).toMatchObject({ tariff_id: first.id });
    const moved = await api.changeBooking(body.id, { until: at(360) });
    expect(moved.body).toMatchObject({ tariff_id: second.id });
    clock.set(at(120));
    await api.checkIn(body.id);
    clock.set(at(360));
    expect((await api.release(body.id)).body).toMatchObject({ parking_cost: 120 });
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

describe('cancelling a reservation', () => {
  it('is free until free_until, and costs its percentage from then on', async () => {
    const { body } = await reserve(120, 240, driver);
    clock.advance(60 * MINUTE - 1);
    expect((await vpms.as(driver).previewCancellation(body.id)).body).toEqual({
      fee: 0,
      free_until: at(60),
    });
    clock.advance(1);
    expect((await vpms.as(driver).previewCancellation(body.id)).body).toMatchObject({ fee: 12.5 });
    const cancelled = await vpms.as(driver).cancel(body.id);
    expect(cancelled.body).toMatchObject({ status: 'cancelled', parking_cost: 12.5 });
    expect((await vpms.as(driver).get('/api/user/stats')).body).toMatchObject({
      totalBookings: 0,
      totalSpent: 12.5,
    });
    expectProblem(await vpms.as(driver).cancel(body.id), '409 WRONG_STATUS');
    expect((await vpms.as(driver).receipt(body.id)).body).toMatchObject({
      lines: [{ kind: 'fee', amount: 12.5 }],
      total: 12.5,
    });
  });
});

describe('leaving after the end of the window', () => {
  it.each([
    [130 * MINUTE, 12.5],
    [130 * MINUTE + 1, 25],
  ])('%i ms after the start costs %d, by the grace of 10 minutes', async (leftAfter, cost) => {
    const { body } = await reserve(60, 120, driver);
    clock.advance(60 * MINUTE);
    await vpms.as(driver).checkIn(body.id);
    clock.advance(leftAfter - 60 * MINUTE);
    expect((await vpms.as(driver).release(body.id)).body).toMatchObject({ parking_cost: cost });
  });
});

describe('a driver who does not come', () => {
  it('pays the fee, and the spot is free again', async () => {
    const { body } = await reserve(120, 240, driver);
    clock.advance(150 * MINUTE - 1);
    expect((await vpms.as(driver).booking(body.id)).body).toMatchObject({ status: 'reserved' });
    clock.advance(1);
    expect((await vpms.as(driver).booking(body.id)).body).toMatchObject({
      status: 'no_show',
      parking_cost: 25,
    });
    expectProblem(await vpms.as(driver).checkIn(body.id), '409 WRONG_STATUS');
    expect((await reserve(150, 200)).status).toBe(201);
  });
});

describe('checking in', () => {
  it('is possible from early_arrival_minutes before the window', async () => {
    const { body } = await reserve(120, 240, driver);
    clock.advance(105 * MINUTE - 1);
    const early = await vpms.as(driver).checkIn(body.id);
    expectProblem(early, '409 TOO_EARLY');
    expect(early.body.message).toContain(at(105));
    clock.advance(1);
    expect((await vpms.as(driver).checkIn(body.id)).status).toBe(200);
  });

  it('is refused while the previous driver has not left, and the driver cancels free of charge', async () => {
    const parker = await createMember(vpms);
    const { body: parked } = await vpms.as(parker).book(lotId);
    const { body } = await reserve(60, 120, driver);
    expect(body.spot_number).toBe('1');
    clock.advance(60 * MINUTE);
    // The parked car has stayed longer than its claim: there is no other spot.
    expect((await vpms.as(driver).booking(body.id)).body).toMatchObject({
      status: 'reserved',
      spot_id: null,
      spot_number: null,
    });
    expectProblem(await vpms.as(driver).checkIn(body.id), '409 SPOT_OCCUPIED');
    expect((await vpms.as(driver).previewCancellation(body.id)).body).toEqual({
      fee: 0,
      free_until: null,
    });
    await vpms.as(parker).release(parked.id);
    expect((await vpms.as(driver).booking(body.id)).body).toMatchObject({ spot_number: '1' });
    expect((await vpms.as(driver).checkIn(body.id)).status).toBe(200);
  });

  it('is refused while the driver is parked elsewhere', async () => {
    const { body } = await reserve(120, 240, driver);
    const { body: other } = await vpms.as(driver).book((await createLot(vpms)).id);
    clock.advance(115 * MINUTE);
    expectProblem(await vpms.as(driver).checkIn(body.id), '409 ALREADY_PARKED');
    await vpms.as(driver).release(other.id);
    expect((await vpms.as(driver).checkIn(body.id)).status).toBe(200);
  });
});

describe('changing a booking', () => {
  it('moves its window at the present price, while cancelling is free', async () => {
    const admin = await createMember(vpms, 'admin');
    const { body } = await reserve(120, 240, driver);
    await vpms.as(admin).updateLot(lotId, { price: 20 });
    const changed = await vpms
      .as(driver)
      .changeBooking(body.id, { from: at(300), until: at(360), remarks: 'Later' });
    expect(changed.body).toMatchObject({
      reserved_from: at(300),
      reserved_until: at(360),
      price_per_hour: 20,
      remarks: 'Later',
    });
    expect((await reserve(120, 240)).status).toBe(201);
    const full = await vpms.as(driver).changeBooking(body.id, { from: at(180), until: at(250) });
    expectProblem(full, '409 LOT_FULL');
    expect((await vpms.as(driver).booking(body.id)).body).toMatchObject({ reserved_from: at(300) });
    clock.advance(240 * MINUTE);
    expectProblem(await vpms.as(driver).changeBooking(body.id, { remarks: 'x' }), '409 TOO_LATE');
  });

  it('keeps the price if only other fields change', async () => {
    const admin = await createMember(vpms, 'admin');
    const { body } = await reserve(120, 240, driver);
    await vpms.as(admin).updateLot(lotId, { price: 20 });
    const changed = await vpms.as(driver).changeBooking(body.id, { vehicle_number: 'DL 2' });
    expect(changed.body).toMatchObject({ price_per_hour: 12.5, vehicle_number: 'DL 2' });
  });
});

describe('extending a booking', () => {
  it('costs what its preview says, also after the end while still parked', async () => {
    const { body } = await reserve(60, 120, driver);
    expect((await vpms.as(driver).previewExtension(body.id, at(180))).body).toEqual({
      available: true,
      cost: 12.5,
      total: 25,
    });
    expect((await vpms.as(driver).extend(body.id, at(180))).body).toMatchObject({
      reserved_until: at(180),
      status: 'reserved',
    });
    clock.advance(60 * MINUTE);
    await vpms.as(driver).checkIn(body.id);
    clock.advance(130 * MINUTE);
    const late = await vpms.as(driver).extend(body.id, at(240));
    expect(late.body).toMatchObject({ reserved_until: at(240), status: 'active' });
    clock.advance(30 * MINUTE);
    expect((await vpms.as(driver).release(body.id)).body).toMatchObject({ parking_cost: 37.5 });
  });

  it('is refused if the spot is booked, or if it extends nothing', async () => {
    const { body } = await reserve(60, 120, driver);
    await reserve(120, 180);
    expect((await vpms.as(driver).previewExtension(body.id, at(150))).body).toMatchObject({
      available: false,
    });
    expectProblem(await vpms.as(driver).extend(body.id, at(150)), '409 LOT_FULL');
    expectProblem(await vpms.as(driver).extend(body.id, at(120)), '400 VALIDATION_FAILED');
  });
});

/** Each number of a policy with its default, least and greatest value. */
const POLICY: readonly (readonly [field: string, value: number, min: number, max: number])[] = [
  ['horizon_days', 30, 1, 365],
  ['min_minutes', 30, 1, 525_600],
  ['max_minutes', 10_080, 1, 525_600],
  ['hold_minutes', 10, 1, 1440],
  ['walk_in_minutes', 60, 1, 10_080],
  ['early_arrival_minutes', 15, 0, 10_080],
  ['no_show_after_minutes', 30, 0, 10_080],
  ['free_cancel_minutes', 60, 0, 10_080],
  ['overstay_grace_minutes', 10, 0, 10_080],
  ['no_show_fee_percent', 100, 0, 100],
  ['late_cancel_fee_percent', 50, 0, 100],
];
const DEFAULTS = Object.fromEntries(POLICY.map(([field, value]) => [field, value]));

describe('the policy of a lot', () => {
  it.each(POLICY)('has %s, by default %i, from %i to %i', async (field, _, min, max) => {
    const admin = vpms.as(await createMember(vpms, 'admin'));
    expect((await admin.policy(lotId)).body).toEqual({ bookable_ahead: true, ...DEFAULTS });
    // No least length is above the greatest one.
    const wide = { bookable_ahead: true, ...DEFAULTS, min_minutes: 1, max_minutes: 525_600 };
    for (const value of [min, max]) {
      const set = await admin.setPolicy(lotId, { ...wide, [field]: value });
      expect(set).toMatchObject({ status: 200, body: { [field]: value } });
    }
    for (const value of [min - 1, max + 1, min + 0.5]) {
      const refused = await admin.setPolicy(lotId, { ...wide, [field]: value });
      expectProblem(refused, '400 VALIDATION_FAILED', [field]);
    }
  });

  it('limits how far ahead a window starts, and not where it ends', async () => {
    const horizon = 30 * 24 * 60;
    const late = { lot_id: lotId, from: at(horizon + 1), until: at(horizon + 61) };
    expectProblem(await vpms.as(driver).bookAhead(late), '400 VALIDATION_FAILED', ['from']);
    expect((await reserve(horizon, horizon + 60, driver)).status).toBe(201);
  });

  it('is the default until it is set as a whole, and is audited', async () => {
    const admin = await createMember(vpms, 'admin');
    const { body: policy } = await vpms.as(admin).policy(lotId);
    expect(policy).toMatchObject({ bookable_ahead: true, horizon_days: 30, walk_in_minutes: 60 });
    const set = await vpms.as(admin).setPolicy(lotId, { ...policy, horizon_days: 1 });
    expect(set).toMatchObject({ status: 200, body: { ...policy, horizon_days: 1 } });
    const response = await reserve(25 * 60, 26 * 60, driver);
    expect(response.body.errors).toEqual([
      { field: 'from', message: 'from must be at most 1 days ahead' },
    ]);
    const { body: entries } = await vpms.as(admin).get('/api/admin/audit-log?action=policy.set');
    expect(entries[0]).toMatchObject({ before: { horizon_days: 30 }, after: { horizon_days: 1 } });
    const missing = Object.fromEntries(
      Object.entries(policy).filter(([field]) => field !== 'horizon_days'),
    );
    expectProblem(await vpms.as(admin).setPolicy(lotId, missing), '400 VALIDATION_FAILED');
    const unknown = { ...policy, colour: 'red' };
    expectProblem(await vpms.as(admin).setPolicy(lotId, unknown), '400 VALIDATION_FAILED');
    const reversed = { ...policy, min_minutes: 60, max_minutes: 59 };
    expectProblem(await vpms.as(admin).setPolicy(lotId, reversed), '400 VALIDATION_FAILED');
  });

  it('that applied when a booking was made stays', async () => {
    const admin = await createMember(vpms, 'admin');
    const { body } = await reserve(120, 240, driver);
    const { body: policy } = await vpms.as(admin).policy(lotId);
    await vpms.as(admin).setPolicy(lotId, { ...policy, free_cancel_minutes: 0 });
    expect((await vpms.as(driver).previewCancellation(body.id)).body).toMatchObject({
      free_until: at(60),
    });
  });
});

describe('a driver without a reservation', () => {
  it('gets the free spot with the lowest number that no booking claims within walk_in_minutes', async () => {
    const { id } = await createLot(vpms, { numberOfSpots: 3 });
    const walkIn = async () => (await vpms.as(await createMember(vpms)).park(id)).spot_number;
    const booked = await reserve(30, 90, driver, { lot_id: id });
    expect(booked.body.spot_number).toBe('1');
    expect(await walkIn()).toBe('2');
    expect((await vpms.as(driver).booking(booked.body.id)).body.spot_number).toBe('1');
    expect(await walkIn()).toBe('3');
    expectProblem(await vpms.as(await createMember(vpms)).book(id), '409 LOT_FULL');
  });

  it('gets a spot from which a booking can move', async () => {
    const { id } = await createLot(vpms, { numberOfSpots: 2 });
    const placeholder = await createMember(vpms);
    const first = await reserve(5, 35, driver, { lot_id: id });
    const blocked = await reserve(35, 65, placeholder, { lot_id: id });
    const second = await reserve(35, 65, undefined, { lot_id: id });
    await vpms.as(placeholder).cancel(blocked.body.id);
    // Each spot is claimed for half of the next hour.
    expect([first, second].map(({ body }) => body.spot_number)).toEqual(['1', '2']);
    const parked = await vpms.as(await createMember(vpms)).park(id);
    const moved = await vpms.as(driver).booking(first.body.id);
    expect([parked.spot_number, moved.body.spot_number]).toEqual(['1', '2']);
  });
});

describe('a lot with bookings ahead', () => {
  it('cannot be deleted, and shrinks only as far as they allow', async () => {
    const admin = await createMember(vpms, 'admin');
    lotId = (await createLot(vpms, { numberOfSpots: 3 })).id;
    await reserve(60, 120);
    await reserve(60, 120);
    const gone = await vpms.as(admin).updateLot(lotId, { number_of_spots: 1 });
    expectProblem(gone, '409 TOO_FEW_SPOTS');
    expect((await vpms.as(admin).updateLot(lotId, { number_of_spots: 2 })).status).toBe(200);
    const path = `/api/admin/parking-lots/${lotId}`;
    const deleted = await vpms.http.delete(path, { token: admin.token });
    expectProblem(deleted, '409 LOT_OCCUPIED');
    clock.advance(24 * HOUR);
    expect((await vpms.http.delete(path, { token: admin.token })).status).toBe(200);
  });
});
