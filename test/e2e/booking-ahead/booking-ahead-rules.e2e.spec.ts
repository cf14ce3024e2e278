import { beforeEach, describe, expect, it } from 'vitest';
import { MINUTE } from '../../../src/platform/time/durations.js';
import { at, FixedClock, START } from '../../support/app/fixed-clock.js';
import { useTestApp } from '../../support/app/test-app.js';
import { createLot, createMember, type TestAccount } from '../../support/data/factories.js';
import type { ApiClient } from '../../support/http/clients/api-client.js';
import { expectProblem } from '../../support/http/problems.js';

// One test for each fault that the model-based test found (test/integration/parking/ahead-model.spec.ts).

const clock = new FixedClock(START);
const vpms = useTestApp({ clock, environment: { JWT_EXPIRES_IN: '31536000' } });
let admin: ApiClient;
let driver: TestAccount;
let lotId: number;

beforeEach(async () => {
  clock.set(START);
  admin = vpms.as(await createMember(vpms, 'admin'));
  driver = await createMember(vpms);
  lotId = (await createLot(vpms, { numberOfSpots: 1 })).id;
});

const reserve = async (from: number, until: number, member?: TestAccount, fields: object = {}) => {
  const api = vpms.as(member ?? (await createMember(vpms)));
  const window = { from: at(from), until: at(until) };
  const { status, text, body } = await api.bookAhead({ lot_id: lotId, ...window, ...fields });
  expect(status, text).toBe(201);
  return { ...body, api, read: async () => (await api.booking(body.id)).body };
};

const setPolicy = async (fields: object) => {
  const { body: policy } = await admin.policy(lotId);
  expect((await admin.setPolicy(lotId, { ...policy, ...fields })).status).toBe(200);
};

describe('a booking that has a spot', () => {
  it('is checked in while a later one is at risk', async () => {
    lotId = (await createLot(vpms, { numberOfSpots: 2 })).id;
    await vpms.as(await createMember(vpms)).park(lotId);
    const first = await reserve(60, 120, driver);
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
      lotId = lot.id;
      await reserve(60, 120, await createMember(vpms), { hold: true });
    }
    clock.advance(11 * MINUTE);
    const { body } = await admin.get('/api/admin/bookings?status=held');
    expect(body).toEqual([]);
  });
});

describe('a booking at risk', () => {
  it('gets a spot when the lot grows', async () => {
    await vpms.as(await createMember(vpms)).park(lotId);
    const booking = await reserve(60, 120);
    clock.advance(60 * MINUTE);
    expect(await booking.read()).toMatchObject({ spot_number: null });
    await admin.updateLot(lotId, { number_of_spots: 2 });
    expect(await booking.read()).toMatchObject({ spot_number: '2' });
    expect((await booking.api.checkIn(booking.id)).status).toBe(200);
  });

  it('that was missed before the lot grows ends without a fee', async () => {
    await vpms.as(await createMember(vpms)).park(lotId);
    const booking = await reserve(60, 120);
    clock.advance(95 * MINUTE);
    await admin.updateLot(lotId, { number_of_spots: 2 });
    expect(await booking.read()).toMatchObject({ status: 'no_show', parking_cost: 0 });
  });

  it('from the moment at which it is missed ends without a fee', async () => {
    await setPolicy({ no_show_after_minutes: 0 });
    await vpms.as(await createMember(vpms)).park(lotId);
    const booking = await reserve(60, 120);
    clock.advance(60 * MINUTE);
    expect(await booking.read()).toMatchObject({ status: 'no_show', parking_cost: 0 });
  });

  it('until the moment at which it is missed ends without a fee, if a hold makes room only then', async () => {
    await setPolicy({ hold_minutes: 60, walk_in_minutes: 30 });
    await admin.updateLot(lotId, { number_of_spots: 2 });
    await vpms.as(await createMember(vpms)).park(lotId);
    const hold = await reserve(30, 120, undefined, { hold: true });
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
  it('claims no spot from that moment on, so that another booking keeps its own', async () => {
    await setPolicy({ no_show_after_minutes: 0 });
    await admin.updateLot(lotId, { number_of_spots: 2 });
    await vpms.as(await createMember(vpms)).park(lotId);
    clock.advance(55 * MINUTE);
    const hold = await reserve(60, 120, undefined, { hold: true });
    const booking = await reserve(60, 120);
    clock.advance(5 * MINUTE);
    expect(await hold.read()).toMatchObject({ status: 'expired', parking_cost: 0 });
    // The driver had a spot, so the no-show costs a fee.
    expect(await booking.read()).toMatchObject({ status: 'no_show', parking_cost: 12.5 });
  });
});

describe('the claim of a car that stays longer', () => {
  it('ends a multiple of walk_in_minutes after its first end, whenever it is read', async () => {
    await vpms.as(await createMember(vpms)).park(lotId);
    clock.advance(75 * MINUTE);
    // The car claims its spot until 120 minutes, not until an hour from now.
    const query = `from=${at(120)}&until=${at(180)}&limit=500`;
    const { body: lots } = await vpms.as(driver).get(`/api/user/parking-lots/available?${query}`);
    expect(lots.map(({ id }: { id: number }) => id)).toContain(lotId);
    await reserve(120, 180);
  });
});

describe('a hold that has begun', () => {
  it('can be lengthened', async () => {
    const { api, id } = await reserve(0, 60, driver, { hold: true });
    clock.advance(5 * MINUTE);
    const changed = await api.changeBooking(id, { until: at(90) });
    expect(changed.body).toMatchObject({ status: 'held', reserved_until: at(90) });
    expectProblem(await api.changeBooking(id, { from: at(3) }), '400 VALIDATION_FAILED', ['from']);
  });
});

describe('a window', () => {
  it('is refused if it would be missed at once', async () => {
    await setPolicy({ no_show_after_minutes: 0 });
    const body = { lot_id: lotId, from: at(0), until: at(60) };
    expectProblem(await vpms.as(driver).bookAhead(body), '400 VALIDATION_FAILED', ['from']);
    await reserve(1, 61, driver);
  });
});

describe('the preview of an extension', () => {
  it('is not available while another booking of the driver covers the time', async () => {
    const { api, id } = await reserve(60, 120, driver);
    lotId = (await createLot(vpms)).id;
    await reserve(120, 180, driver);
    expect((await api.previewExtension(id, at(150))).body).toMatchObject({ available: false });
    expectProblem(await api.extend(id, at(150)), '409 BOOKING_OVERLAPS');
  });

  it('contains the time from an early check-in on', async () => {
    const { api, id } = await reserve(60, 120, driver);
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
    const { api, id } = await reserve(60, 120, driver, { hold: true });
    clock.advance(10 * MINUTE);
    const { token } = await createMember(vpms, 'admin');
    const deleted = await vpms.http.delete(`/api/admin/parking-lots/${lotId}`, { token });
    expect(deleted.status).toBe(200);
    expectProblem(await api.confirm(id), '410 HOLD_EXPIRED');
    expectProblem(await api.cancel(id), '409 WRONG_STATUS');
    expectProblem(await api.changeBooking(id, { remarks: 'x' }), '409 WRONG_STATUS');
  });
});

describe('the moment at which a reservation becomes a no-show', () => {
  const user = () => vpms.as(driver);
  const read: Record<string, (bookingId: number) => Promise<unknown>> = {
    "the driver's total": async () => (await user().get('/api/user/stats')).body.totalSpent,
    "the operators' revenue": async () => (await admin.get('/api/admin/stats')).body.totalRevenue,
    'the list of drivers': async () =>
      (await admin.get(`/api/admin/users?search=${driver.username}`)).body[0].total_spent,
    'the receipt': async (id) => (await user().receipt(id)).body.total ?? 0,
    'a quote': async () => {
      const stay = { lot_id: lotId, from: at(days + 90), until: at(days + 120) };
      return (await user().quote(stay)).body.available ? 25 : 0;
    },
  };
  /** A time after all bookings of the tests above, in minutes. */
  const days = 10_000;

  it.each(Object.keys(read))('takes effect in %s before any job has run', async (name) => {
    clock.set(at(days));
    const { id } = await reserve(days + 60, days + 180, driver);
    const before = Number(await read[name]?.(id));
    clock.advance(90 * MINUTE - 1);
    expect(await read[name]?.(id)).toBe(before);
    clock.advance(1);
    expect(await read[name]?.(id)).toBe(before + 25);
  });
});
