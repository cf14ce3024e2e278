import { beforeEach, describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../../src/platform/time/durations.js';
import { FixedClock } from '../../support/app/fixed-clock.js';
import { useTestApp } from '../../support/app/test-app.js';
import {
  createGate,
  createLot,
  createMember,
  createMembers,
  type TestAccount,
} from '../../support/data/factories.js';
import { GateClient } from '../../support/http/clients/gate-client.js';
import { expectProblem } from '../../support/http/problems.js';

const START = '2026-03-02T08:00:00.000Z';
/** The instant so many minutes after the start. */
const at = (minutes: number) => new Date(Date.parse(START) + minutes * MINUTE).toISOString();

const clock = new FixedClock(START);
const vpms = useTestApp({ clock, environment: { JWT_EXPIRES_IN: '31536000' } });
let plates = 0;
let plate: string;
let admin: TestAccount;
let driver: TestAccount;
let lotId: number;
let gate: GateClient;

const newPlate = () => `E ${(plates += 1)}`;
const gateOf = async (lot: number, direction: 'in' | 'out' | 'both' = 'both') =>
  new GateClient(vpms.http, (await createGate(vpms, { lotId: lot, direction })).key);
const driverWith = async (fields: object = {}) => {
  const member = await createMember(vpms);
  expect((await vpms.as(member).addVehicle({ plate, ...fields })).status).toBe(201);
  return member;
};
const reserve = async (from: number, until: number, fields: object = {}, member = driver) => {
  const body = {
    lot_id: lotId,
    from: at(from),
    until: at(until),
    vehicle_number: plate,
    ...fields,
  };
  const response = await vpms.as(member).bookAhead(body);
  expect(response.status, response.text).toBe(201);
  return response.body;
};
const booking = async (id: number, member = driver) => (await vpms.as(member).booking(id)).body;
const disable = (id: number) =>
  vpms.http.request('PATCH', `/api/admin/users/${id}`, {
    token: admin.token,
    body: { disabled: true },
  });
/** Parks on both spots. */
const fillLot = async () => {
  for (const member of await createMembers(vpms, 2)) await vpms.as(member).park(lotId);
};
const REFUSED = { action: 'refuse', booking_id: null, spot_number: null };

beforeEach(async () => {
  clock.set(START);
  plate = newPlate();
  admin = await createMember(vpms, 'admin');
  lotId = (await createLot(vpms, { numberOfSpots: 2 })).id;
  gate = await gateOf(lotId);
  driver = await driverWith();
});

describe('an entry', () => {
  it('that is seen now begins no stay before the last end, if the clock was set back', async () => {
    clock.set(at(-60));
    await gate.entry(plate);
    clock.set(START);
    await gate.exit(plate);
    clock.set(at(-30));
    const { booking_id } = await gate.entry(plate);
    expect(await booking(booking_id)).toMatchObject({ parking_timestamp: START });
  });

  it('books for the account for which the plate opens gates', async () => {
    const entry = await gate.entry(plate.toLowerCase().replace(' ', '-'));
    expect(entry).toEqual({
      action: 'open',
      reason: 'BOOKED',
      booking_id: expect.any(Number),
      spot_number: '1',
    });
    expect((await vpms.as(driver).activeBooking()).body).toMatchObject({
      id: entry.booking_id,
      lot_id: lotId,
      status: 'active',
      parking_timestamp: START,
      // As the driver typed it.
      vehicle_number: plate,
    });
  });

  it('is refused for an unknown plate, and for one that opens no gates', async () => {
    expect(await gate.entry('UNKNOWN 1')).toEqual({ ...REFUSED, reason: 'UNKNOWN_PLATE' });
    plate = newPlate();
    await driverWith({ opens_gates: false });
    expect(await gate.entry(plate)).toEqual({ ...REFUSED, reason: 'UNKNOWN_PLATE' });
  });

  it('checks a reservation with the plate in once its early arrival time has begun', async () => {
    const { id } = await reserve(60, 120);
    clock.set(at(45));
    const entry = await gate.entry(plate);
    const active = { status: 'active', parking_timestamp: at(45), spot_number: '1' };
    expect(entry).toMatchObject({ action: 'open', reason: 'CHECKED_IN', booking_id: id });
    expect(entry.spot_number).toBe('1');
    expect(await booking(id)).toMatchObject(active);
  });

  it('checks the reservation of an account in for which the plate does not open gates', async () => {
    const other = await createMember(vpms);
    const { id } = await reserve(60, 120, {}, other);
    clock.set(at(50));
    expect(await gate.entry(plate)).toMatchObject({ reason: 'CHECKED_IN', booking_id: id });
    expect((await vpms.as(driver).activeBooking()).body).toBeNull();
  });

  it.each([
    [-15, 'CHECKED_IN'],
    [-16, 'TOO_EARLY'],
    [-59, 'TOO_EARLY'],
    // A claim that starts exactly walk_in_minutes from now is not within that time yet.
    [-60, 'BOOKED'],
    [-61, 'BOOKED'],
  ])('%i minutes after the start of a reservation: %s', async (minutes, reason) => {
    await reserve(120, 180);
    clock.set(at(120 + minutes));
    const entry = await gate.entry(plate);
    expect(entry.reason).toBe(reason);
    if (reason === 'TOO_EARLY') expect(entry).toEqual({ ...REFUSED, reason });
  });

  it('ignores holds, and reservations in other lots', async () => {
    await reserve(10, 60, { hold: true });
    const other = await createMember(vpms);
    await reserve(10, 60, { lot_id: (await createLot(vpms)).id }, other);
    expect(await gate.entry(plate)).toMatchObject({ reason: 'BOOKED' });
  });

  it('opens if the plate is in the lot already', async () => {
    const first = await gate.entry(plate);
    const { booking_id, spot_number } = first;
    const expected = { action: 'open', reason: 'ALREADY_IN', booking_id, spot_number };
    expect(await gate.entry(plate)).toEqual(expected);
    expect(await (await gateOf(lotId)).entry(plate)).toEqual(expected);
  });

  it('opens if the driver is in the lot without a plate, but not with another one', async () => {
    const { id } = await vpms.as(driver).park(lotId);
    expect(await gate.entry(plate)).toMatchObject({ reason: 'ALREADY_IN', booking_id: id });
    await vpms.as(driver).leave(id);
    await vpms.as(driver).park(lotId, { vehicle_number: 'OTHER 1' });
    expect(await gate.entry(plate)).toEqual({ ...REFUSED, reason: 'PARKED_ELSEWHERE' });
  });

  it('opens for a plate that another account has parked with', async () => {
    const other = await createMember(vpms);
    const { id } = await vpms.as(other).park(lotId, { vehicle_number: plate });
    expect(await gate.entry(plate)).toMatchObject({ reason: 'ALREADY_IN', booking_id: id });
  });

  it('is refused if the driver is parked in another lot', async () => {
    await vpms.as(driver).park((await createLot(vpms)).id, { vehicle_number: plate });
    expect(await gate.entry(plate)).toEqual({ ...REFUSED, reason: 'PARKED_ELSEWHERE' });
    await reserve(60, 120);
    clock.set(at(50));
    expect(await gate.entry(plate)).toEqual({ ...REFUSED, reason: 'PARKED_ELSEWHERE' });
  });

  it('is refused in a full lot', async () => {
    await fillLot();
    expect(await gate.entry(plate)).toEqual({ ...REFUSED, reason: 'LOT_FULL' });
  });

  it('is refused as full if no spot is free for a reservation', async () => {
    await fillLot();
    const { id } = await reserve(60, 120);
    clock.set(at(60));
    expect(await gate.entry(plate)).toEqual({ ...REFUSED, reason: 'LOT_FULL' });
    expect(await booking(id)).toMatchObject({ status: 'reserved' });
  });

  it('is refused for a disabled account', async () => {
    await disable(driver.id);
    expect(await gate.entry(plate)).toEqual({ ...REFUSED, reason: 'DISABLED_ACCOUNT' });
    const other = await createMember(vpms);
    plate = newPlate();
    await reserve(10, 60, {}, other);
    await disable(other.id);
    expect(await gate.entry(plate)).toEqual({ ...REFUSED, reason: 'DISABLED_ACCOUNT' });
  });

  it('is for gates that let cars in', async () => {
    const exit = await gateOf(lotId, 'out');
    expectProblem(await exit.enter(plate), '403 WRONG_DIRECTION');
    expect(await (await gateOf(lotId, 'in')).entry(plate)).toMatchObject({ reason: 'BOOKED' });
  });
});

describe('a late entry', () => {
  it('begins the stay when the car was seen', async () => {
    clock.set(at(180));
    const entry = await gate.entry(plate, { at: at(60) });
    expect(await booking(entry.booking_id)).toMatchObject({
      parking_timestamp: at(60),
      created_at: at(180),
    });
    clock.set(at(181));
    const exit = await gate.exit(plate, { at: at(120) });
    expect(exit).toMatchObject({ reason: 'RELEASED', cost: 12.5 });
    const { parking_timestamp, leaving_timestamp } = await booking(entry.booking_id);
    expect([parking_timestamp, leaving_timestamp]).toEqual([at(60), at(120)]);
  });

  it('may be 24 hours old, and one minute ahead', async () => {
    clock.advance(2 * DAY);
    const ago = (milliseconds: number) => new Date(clock.now().getTime() - milliseconds);
    const problem = await gate.enter(plate, { at: ago(DAY + 1) });
    expectProblem(problem, '400 VALIDATION_FAILED', ['at']);
    expectProblem(await gate.enter(plate, { at: ago(-MINUTE - 1) }), '400 VALIDATION_FAILED', [
      'at',
    ]);
    const ahead = await gate.entry(plate, { at: ago(-MINUTE) });
    const now = clock.now().toISOString();
    expect(await booking(ahead.booking_id)).toMatchObject({ parking_timestamp: now });
    plate = newPlate();
    const other = await driverWith();
    const late = await gate.entry(plate, { at: ago(DAY) });
    const start = ago(DAY).toISOString();
    expect(await booking(late.booking_id, other)).toMatchObject({ parking_timestamp: start });
  });

  it('begins the stay not before the end of the last one', async () => {
    const elsewhere = (await createLot(vpms)).id;
    const { id } = await vpms.as(driver).park(elsewhere);
    clock.set(at(60));
    await vpms.as(driver).leave(id);
    clock.set(at(90));
    const entry = await gate.entry(plate, { at: at(30) });
    expect(await booking(entry.booking_id)).toMatchObject({ parking_timestamp: at(60) });
  });

  it('is charged by the tariff that applied when the car was seen', async () => {
    const tariff = (price: number) => ({
      name: 'By the hour',
      rates: [{ name: 'Always', per_minutes: 60, price }],
    });
    await vpms.as(admin).setTariff(lotId, tariff(5));
    clock.set(at(60));
    await vpms.as(admin).setTariff(lotId, tariff(7));
    const entry = await gate.entry(plate, { at: at(30) });
    expect(await booking(entry.booking_id)).toMatchObject({ price_per_hour: 5 });
  });

  it('completes the stay if its exit was refused before', async () => {
    clock.set(at(180));
    const refused = await gate.exit(plate, { event_id: 'early', at: at(120) });
    expect(refused).toEqual({
      action: 'refuse',
      reason: 'NOT_PARKED',
      booking_id: null,
      cost: null,
    });
    // The driver pressed the button again.
    await gate.exit(plate, { at: at(121) });
    const entry = await gate.entry(plate, { at: at(60) });
    expect(entry).toMatchObject({ action: 'open', reason: 'BOOKED', spot_number: '1' });
    expect(await booking(entry.booking_id)).toMatchObject({
      status: 'completed',
      parking_timestamp: at(60),
      leaving_timestamp: at(120),
      parking_cost: 12.5,
    });
    // The camera gets what it got first.
    expect(await gate.exit(plate, { event_id: 'early' })).toEqual(refused);
    // The exit belongs to that entry, and so to no other.
    expect(await gate.entry(plate, { at: at(61) })).toMatchObject({
      reason: 'ALREADY_IN',
      booking_id: entry.booking_id,
    });
    expect(await gate.entry(plate)).toMatchObject({ reason: 'BOOKED' });
    expect((await vpms.as(driver).activeBooking()).body).toMatchObject({ status: 'active' });
  });

  it('completes the stay if the driver has parked again since', async () => {
    clock.set(at(180));
    await gate.exit(plate, { at: at(120) });
    const next = await vpms.as(driver).park(lotId, { vehicle_number: plate });
    const entry = await gate.entry(plate, { at: at(60) });
    expect(entry).toMatchObject({ action: 'open', reason: 'BOOKED' });
    expect(await booking(entry.booking_id)).toMatchObject({
      status: 'completed',
      parking_timestamp: at(60),
      leaving_timestamp: at(120),
      parking_cost: 12.5,
    });
    expect((await vpms.as(driver).activeBooking()).body).toMatchObject({ id: next.id });
    clock.set(at(240));
    await gate.exit(plate);
    const again = await gate.entry(plate, { at: at(61) });
    expect(again).toMatchObject({ reason: 'ALREADY_IN', booking_id: entry.booking_id });
    const stats = (await vpms.as(driver).get('/api/user/stats')).body;
    expect(stats).toMatchObject({ totalBookings: 2, totalSpent: 25 });
  });

  it('completes the stay between two others', async () => {
    clock.set(at(180));
    await gate.exit(plate, { at: at(120) });
    await vpms.as(driver).park(lotId);
    clock.set(at(200));
    await gate.exit(plate);
    const entry = await gate.entry(plate, { at: at(60) });
    expect(await booking(entry.booking_id)).toMatchObject({
      parking_timestamp: at(60),
      leaving_timestamp: at(120),
    });
  });

  it('completes the stay if the lot is full now', async () => {
    clock.set(at(180));
    await gate.exit(plate, { at: at(120) });
    await fillLot();
    const entry = await gate.entry(plate, { at: at(60) });
    expect(entry).toMatchObject({ action: 'open', reason: 'BOOKED', spot_number: '1' });
    expect(await booking(entry.booking_id)).toMatchObject({ status: 'completed' });
    expect(await gate.entry(plate)).toEqual({ ...REFUSED, reason: 'LOT_FULL' });
  });

  it('ends with the exit that returned the stay before', async () => {
    await gate.entry(plate);
    clock.set(at(60));
    const { booking_id: first } = await gate.exit(plate);
    clock.set(at(72));
    const again = await gate.exit(plate, { event_id: 'again' });
    expect(again).toMatchObject({ reason: 'RELEASED', booking_id: first });
    const entry = await gate.entry(plate, { at: at(65) });
    expect(entry).toMatchObject({ reason: 'BOOKED' });
    expect(await booking(entry.booking_id)).toMatchObject({
      parking_timestamp: at(65),
      leaving_timestamp: at(72),
    });
    expect(await gate.exit(plate, { event_id: 'again' })).toEqual(again);
    // The exit belongs to that entry, and so to no other.
    const later = await gate.entry(plate, { at: at(70) });
    expect(await booking(later.booking_id)).toMatchObject({ status: 'active' });
  });

  it('of a second camera opens after the driver has released by app', async () => {
    const { booking_id } = await gate.entry(plate);
    clock.set(at(30));
    await vpms.as(driver).leave(booking_id);
    const second = { reason: 'ALREADY_IN', booking_id };
    expect(await gate.entry(plate, { at: at(1) })).toMatchObject(second);
    expect(await gate.entry(plate, { at: at(3) })).toMatchObject({ reason: 'BOOKED' });
  });

  it('of a second camera opens after the car has left', async () => {
    const { booking_id } = await gate.entry(plate, { at: at(0) });
    clock.set(at(60));
    await gate.exit(plate);
    clock.set(at(90));
    const second = { reason: 'ALREADY_IN', booking_id };
    expect(await gate.entry(plate, { at: new Date(Date.parse(START) - 2000) })).toMatchObject(
      second,
    );
    expect(await gate.entry(plate, { at: at(30) })).toMatchObject(second);
    expect((await vpms.as(driver).activeBooking()).body).toBeNull();
  });

  it('begins a stay after the last one if the driver has released that by app', async () => {
    await gate.entry(plate, { at: at(0) });
    clock.set(at(60));
    const { body } = await vpms.as(driver).activeBooking();
    await vpms.as(driver).leave(body.id);
    clock.set(at(61));
    const entry = await gate.entry(plate, { at: at(55) });
    expect(entry).toMatchObject({ reason: 'BOOKED' });
    expect(await booking(entry.booking_id)).toMatchObject({ parking_timestamp: at(60) });
  });
});

describe('a late entry for a reservation', () => {
  it('that was in time reverts the no-show and its fee', async () => {
    const { id } = await reserve(60, 180);
    clock.set(at(120));
    expect(await booking(id)).toMatchObject({ status: 'no_show', parking_cost: 25 });
    const before = (await vpms.as(driver).get('/api/user/stats')).body;
    const entry = await gate.entry(plate, { at: at(89) });
    expect(entry).toMatchObject({ reason: 'CHECKED_IN', booking_id: id, spot_number: '1' });
    expect(await booking(id)).toMatchObject({
      status: 'active',
      parking_timestamp: at(89),
      parking_cost: 0,
    });
    const after = (await vpms.as(driver).get('/api/user/stats')).body;
    expect([before.totalSpent, after.totalSpent]).toEqual([25, 0]);
    expect(after.totalBookings).toBe(before.totalBookings + 1);
    clock.set(at(180));
    expect(await gate.exit(plate)).toMatchObject({ reason: 'RELEASED', booking_id: id, cost: 25 });
  });

  it('that was in time reverts the no-show if no job and no read has run', async () => {
    const { id } = await reserve(60, 180);
    clock.set(at(200));
    expect(await gate.entry(plate, { at: at(89) })).toMatchObject({ booking_id: id });
    clock.set(at(240));
    const exit = await gate.exit(plate);
    expect(exit).toMatchObject({ reason: 'RELEASED', booking_id: id, cost: 37.5 });
  });

  it('that was too late makes a new booking', async () => {
    const { id } = await reserve(60, 180);
    clock.set(at(120));
    const entry = await gate.entry(plate, { at: at(90) });
    expect(entry.reason).toBe('BOOKED');
    expect(await booking(id)).toMatchObject({ status: 'no_show', parking_cost: 25 });
  });

  it('checks in and completes it if its exit was refused before', async () => {
    const { id } = await reserve(60, 120);
    clock.set(at(110));
    await gate.exit(plate, { at: at(100) });
    const entry = await gate.entry(plate, { at: at(70) });
    expect(entry).toMatchObject({ reason: 'CHECKED_IN', booking_id: id });
    expect(await booking(id)).toMatchObject({ status: 'completed', leaving_timestamp: at(100) });
  });

  it('keeps the no-show if the lot is full now', async () => {
    const { id } = await reserve(60, 180);
    clock.set(at(120));
    await fillLot();
    const entry = await gate.entry(plate, { at: at(70) });
    expect(entry).toEqual({ ...REFUSED, reason: 'LOT_FULL' });
    expect(await booking(id)).toMatchObject({ status: 'no_show' });
  });

  it('reverts and completes the no-show in a full lot if its exit was refused before', async () => {
    const { id } = await reserve(60, 120);
    clock.set(at(180));
    await gate.exit(plate, { at: at(100) });
    await fillLot();
    const entry = await gate.entry(plate, { at: at(70) });
    expect(entry).toMatchObject({ reason: 'CHECKED_IN', booking_id: id });
    expect(await booking(id)).toMatchObject({
      status: 'completed',
      parking_timestamp: at(70),
      leaving_timestamp: at(100),
      parking_cost: 12.5,
    });
    const stats = (await vpms.as(driver).get('/api/user/stats')).body;
    expect(stats).toMatchObject({ totalBookings: 1, totalSpent: 12.5 });
  });

  it('that was too early by then is ignored', async () => {
    const { id } = await reserve(120, 180);
    clock.set(at(100));
    expect(await gate.entry(plate, { at: at(80) })).toMatchObject({ reason: 'TOO_EARLY' });
    expect(await gate.entry(plate, { at: at(50) })).toMatchObject({ reason: 'BOOKED' });
    expect(await booking(id)).toMatchObject({ status: 'reserved' });
  });
});

describe('a repeated event', () => {
  it('gets the first response, regardless of the rest of the request', async () => {
    const first = await gate.entry(plate, { event_id: 'same' });
    clock.set(at(10));
    expect(await gate.exit('OTHER', { event_id: 'same', at: at(-2000) })).toEqual(first);
    const body = { event_id: 'same', plate: null, at: 'yesterday', extra: 1 };
    for (const path of ['entries', 'exits']) {
      const again = await vpms.http.post(`/api/gate/${path}`, { token: gate.key, body });
      expect([again.status, again.body]).toEqual([200, first]);
    }
    expectProblem(
      await vpms.http.post('/api/gate/exits', {
        token: gate.key,
        body: { ...body, event_id: 'x' },
      }),
      '400 VALIDATION_FAILED',
    );
  });

  it('counts as new after 7 days', async () => {
    const first = await gate.entry(plate, { event_id: 'week' });
    await gate.exit(plate);
    clock.advance(7 * DAY - 1);
    expect(await gate.entry(plate, { event_id: 'week' })).toEqual(first);
    clock.advance(1);
    const second = await gate.entry(plate, { event_id: 'week' });
    expect(second.reason).toBe('BOOKED');
    expect(second.booking_id).not.toBe(first.booking_id);
    clock.advance(HOUR);
    expect(await gate.entry(plate, { event_id: 'week' })).toEqual(second);
  });

  it('is one of the same gate', async () => {
    const first = await gate.entry(plate, { event_id: 'shared' });
    const second = await (await gateOf(lotId)).entry(plate, { event_id: 'shared' });
    expect(second).toEqual({ ...first, reason: 'ALREADY_IN' });
  });

  it('gets the first response if the gate is for the other direction by now', async () => {
    const { id, key } = await createGate(vpms, { lotId, direction: 'in' });
    const turning = new GateClient(vpms.http, key);
    const first = await turning.entry(plate, { event_id: 'turn' });
    const options = { token: admin.token, body: { direction: 'out' } };
    await vpms.http.request('PATCH', `/api/admin/gates/${id}`, options);
    expect(await turning.entry(plate, { event_id: 'turn' })).toEqual(first);
    expectProblem(await turning.enter(plate), '403 WRONG_DIRECTION');
  });

  it('is decided once if it is sent several times at once', async () => {
    const responses = await Promise.all(
      Array.from({ length: 8 }, () => gate.entry(plate, { event_id: 'at once' })),
    );
    expect(new Set(responses.map((each) => JSON.stringify(each))).size).toBe(1);
    expect(responses[0]).toMatchObject({ reason: 'BOOKED' });
  });
});
