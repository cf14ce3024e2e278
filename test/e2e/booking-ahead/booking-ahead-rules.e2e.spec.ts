import { describe, expect, it } from 'vitest';
import { MINUTE } from '../../../src/platform/time/durations.js';
import type { ApiClient } from '../../support/http/clients/api-client.js';
import { at } from '../../support/app/fixed-clock.js';
import { createLot } from '../../support/data/factories.js';
import { expectProblem } from '../../support/http/problems.js';
import { ParkingScene } from '../../support/scenes/parking-scene.js';

const scene = new ParkingScene();
const { clock, vpms, bookAhead, parkOther, newDriver, newLot, booking, statistics } = scene;

// One test for each fault that the model-based test found (test/integration/parking/ahead-model.spec.ts).

/** Reserves, by default as a new driver. Returns the booking and the API client of its driver. */
const reserve = async (from: number, until: number, fields: object = {}, by?: ApiClient) => {
  const api = by ?? (await newDriver());
  const made = await scene.reserve(from, until, fields, api);
  return { ...made, api, read: () => booking(made.id, api) };
};

const setPolicy = async (fields: object) => {
  const { body: policy } = await scene.admin.policy(scene.lotId);
  expect((await scene.admin.setPolicy(scene.lotId, { ...policy, ...fields })).status).toBe(200);
};

describe('a booking that has a spot', () => {
  it('is checked in while a later one is at risk', async () => {
    await newLot({ numberOfSpots: 2 });
    await parkOther();
    const first = await reserve(60, 120, {}, scene.driver);
    const second = await reserve(70, 130);
    clock.advance(60 * MINUTE);
    // The parked car has stayed longer, so one spot is left for two bookings.
    expect(await second.read()).toMatchObject({ status: 'reserved', spot_id: null });
    expect((await first.api.checkIn(first.id)).body).toMatchObject({ status: 'active' });
    expect(await second.read()).toMatchObject({ status: 'reserved', spot_id: null });
  });
});

describe('holds in more lots than one query finds', () => {
  it('have all expired in the first response after their end', async () => {
    const lots = await Promise.all(Array.from({ length: 120 }, () => createLot(vpms)));
    for (const lot of lots) {
      scene.lotId = lot.id;
      await reserve(60, 120, { hold: true });
    }
    clock.advance(11 * MINUTE);
    const { body } = await scene.admin.get('/api/admin/bookings?status=held');
    expect(body).toEqual([]);
  });
});

describe('a booking at risk', () => {
  it('gets a spot when the lot grows', async () => {
    await parkOther();
    const booking = await reserve(60, 120);
    clock.advance(60 * MINUTE);
    expect(await booking.read()).toMatchObject({ spot_number: null });
    await scene.admin.updateLot(scene.lotId, { number_of_spots: 2 });
    expect(await booking.read()).toMatchObject({ spot_number: '2' });
    expect((await booking.api.checkIn(booking.id)).status).toBe(200);
  });

  it('ends without a fee if it is missed before the lot grows', async () => {
    await parkOther();
    const booking = await reserve(60, 120);
    clock.advance(95 * MINUTE);
    await scene.admin.updateLot(scene.lotId, { number_of_spots: 2 });
    expect(await booking.read()).toMatchObject({ status: 'no_show', parking_cost: 0 });
  });

  it('ends without a fee if it is missed at the instant at which it loses its spot', async () => {
    await setPolicy({ no_show_after_minutes: 0 });
    await parkOther();
    const booking = await reserve(60, 120);
    clock.advance(60 * MINUTE);
    expect(await booking.read()).toMatchObject({ status: 'no_show', parking_cost: 0 });
  });

  it('ends without a fee if a hold makes room only at the instant at which it is missed', async () => {
    await setPolicy({ hold_minutes: 60, walk_in_minutes: 30 });
    await scene.admin.updateLot(scene.lotId, { number_of_spots: 2 });
    await parkOther();
    const hold = await reserve(30, 120, { hold: true });
    const booking = await reserve(30, 120);
    clock.advance(30 * MINUTE);
    expect(await booking.read()).toMatchObject({ status: 'reserved', spot_number: null });
    // At 60 minutes, the claim of the car is extended again.
    clock.advance(30 * MINUTE);
    expect(await hold.read()).toMatchObject({ status: 'expired' });
    expect(await booking.read()).toMatchObject({ status: 'no_show', parking_cost: 0 });
  });
});

describe('a hold that expires when a car begins to stay longer', () => {
  it('claims no spot from that instant on, so that another booking keeps its own', async () => {
    await setPolicy({ no_show_after_minutes: 0 });
    await scene.admin.updateLot(scene.lotId, { number_of_spots: 2 });
    await parkOther();
    clock.advance(55 * MINUTE);
    const hold = await reserve(60, 120, { hold: true });
    const booking = await reserve(60, 120);
    clock.advance(5 * MINUTE);
    expect(await hold.read()).toMatchObject({ status: 'expired', parking_cost: 0 });
    // The driver had a spot, so the no-show costs a fee.
    expect(await booking.read()).toMatchObject({ status: 'no_show', parking_cost: 12.5 });
  });
});

describe('the claim of a car that stays longer', () => {
  it('is extended by walk_in_minutes at each of its ends, independently of when it is read', async () => {
    await parkOther();
    clock.advance(75 * MINUTE);
    // The car claims its spot until 120 minutes, not until an hour from now.
    const query = `from=${at(120)}&until=${at(180)}&limit=500`;
    const { body: lots } = await scene.driver.get(`/api/user/parking-lots/available?${query}`);
    expect(lots.map(({ id }: { id: number }) => id)).toContain(scene.lotId);
    await reserve(120, 180);
  });
});

describe('a hold whose window has begun', () => {
  it('can be changed to end later, but not to start earlier', async () => {
    const { api, id } = await reserve(0, 60, { hold: true }, scene.driver);
    clock.advance(5 * MINUTE);
    const changed = await api.changeBooking(id, { until: at(90) });
    expect(changed.body).toMatchObject({ status: 'held', reserved_until: at(90) });
    expectProblem(await api.changeBooking(id, { from: at(3) }), '400 VALIDATION_FAILED', ['from']);
  });
});

describe('a window', () => {
  it('is refused if its booking would be a no-show immediately', async () => {
    await setPolicy({ no_show_after_minutes: 0 });
    expectProblem(await bookAhead(0, 60), '400 VALIDATION_FAILED', ['from']);
    await reserve(1, 61, {}, scene.driver);
  });
});

describe('the preview of an extension', () => {
  it('states that the extension is not available while another booking of the driver covers the time', async () => {
    const { api, id } = await reserve(60, 120, {}, scene.driver);
    await newLot();
    await reserve(120, 180, {}, scene.driver);
    expect((await api.previewExtension(id, at(150))).body).toMatchObject({ available: false });
    expectProblem(await api.extend(id, at(150)), '409 BOOKING_OVERLAPS');
  });

  it('includes the cost of the time since an early check-in', async () => {
    const { api, id } = await reserve(60, 120, {}, scene.driver);
    clock.advance(45 * MINUTE);
    await api.checkIn(id);
    // Two started hours from 45 to 120 minutes, three until 180.
    const { body: preview } = await api.previewExtension(id, at(180));
    expect(preview).toEqual({ available: true, cost: 12.5, total: 37.5 });
    await api.extend(id, at(180));
    clock.advance(135 * MINUTE);
    expect((await api.leave(id)).parking_cost).toBe(preview.total);
  });
});

describe('a booking of a deleted lot', () => {
  it('is reported as over, not as missing', async () => {
    const { api, id } = await reserve(60, 120, { hold: true }, scene.driver);
    clock.advance(10 * MINUTE);
    const { token } = scene.adminAccount;
    const deleted = await vpms.http.delete(`/api/admin/parking-lots/${scene.lotId}`, { token });
    expect(deleted.status).toBe(200);
    expectProblem(await api.confirm(id), '410 HOLD_EXPIRED');
    expectProblem(await api.cancel(id), '409 WRONG_STATUS');
    expectProblem(await api.changeBooking(id, { remarks: 'x' }), '409 WRONG_STATUS');
  });
});

describe('the moment at which a reservation becomes a no-show', () => {
  const read: Record<string, (bookingId: number) => Promise<unknown>> = {
    "the driver's total": async () => (await statistics()).totalSpent,
    "the operators' revenue": async () =>
      (await scene.admin.get('/api/admin/stats')).body.totalRevenue,
    'the list of drivers': async () =>
      (await scene.admin.get(`/api/admin/users?search=${scene.driverAccount.username}`)).body[0]
        .total_spent,
    'the receipt': async (id) => (await scene.driver.receipt(id)).body.total ?? 0,
    'a quote': async () => {
      const stay = { lot_id: scene.lotId, from: at(later + 90), until: at(later + 120) };
      return (await scene.driver.quote(stay)).body.available ? 25 : 0;
    },
  };
  /** In minutes after the start, later than all bookings of the other tests. */
  const later = 10_000;

  it.each(Object.keys(read))('takes effect in %s before any job has run', async (name) => {
    clock.set(at(later));
    const { id } = await reserve(later + 60, later + 180, {}, scene.driver);
    const before = Number(await read[name]?.(id));
    clock.advance(90 * MINUTE - 1);
    expect(await read[name]?.(id)).toBe(before);
    clock.advance(1);
    expect(await read[name]?.(id)).toBe(before + 25);
  });
});
