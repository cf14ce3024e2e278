import { beforeEach, describe, expect, it } from 'vitest';
import { at, FixedClock, START } from '../../support/app/fixed-clock.js';
import { useTestApp } from '../../support/app/test-app.js';
import {
  createGate,
  createLot,
  createMember,
  type TestAccount,
} from '../../support/data/factories.js';
import { gateOf } from '../../support/data/gates.js';
import { GateClient } from '../../support/http/clients/gate-client.js';
import { expectProblem } from '../../support/http/problems.js';

const clock = new FixedClock(START);
const vpms = useTestApp({ clock, environment: { JWT_EXPIRES_IN: '31536000' } });
let plates = 0;
let plate: string;
let driver: TestAccount;
let lotId: number;
let gate: GateClient;

const booking = async (id: number, member = driver) => (await vpms.as(member).booking(id)).body;
const NOT_PARKED = { action: 'refuse', reason: 'NOT_PARKED', booking_id: null, cost: null };

beforeEach(async () => {
  clock.set(START);
  plate = `X ${(plates += 1)}`;
  lotId = (await createLot(vpms, { numberOfSpots: 3 })).id;
  gate = await gateOf(vpms, lotId);
  driver = await createMember(vpms);
  expect((await vpms.as(driver).addVehicle({ plate })).status).toBe(201);
});

describe('an exit', () => {
  it('ends the booking with the plate, and states its cost', async () => {
    const { booking_id } = await gate.entry(plate);
    clock.set(at(61));
    const exit = await gate.exit(plate.toLowerCase());
    expect(exit).toEqual({ action: 'open', reason: 'RELEASED', booking_id, cost: 25 });
    expect(await booking(booking_id)).toMatchObject({
      status: 'completed',
      leaving_timestamp: at(61),
      parking_cost: 25,
    });
    const { body } = await vpms.as(driver).get('/api/user/stats');
    expect(body).toMatchObject({ totalSpent: 25 });
  });

  it('ends a stay that began before the clock was set back', async () => {
    clock.set(at(60));
    const { booking_id } = await gate.entry(plate);
    clock.set(at(5));
    const exit = await gate.exit(plate);
    expect(exit).toEqual({ action: 'open', reason: 'RELEASED', booking_id, cost: 12.5 });
    expect(await booking(booking_id)).toMatchObject({ leaving_timestamp: at(60) });
  });

  it('of a stay that another instance began a moment ago is older than the stay', async () => {
    clock.set(at(10));
    await gate.entry(plate);
    clock.advance(-1_000);
    expect(await gate.exit(plate, { at: at(5) })).toMatchObject(NOT_PARKED);
  });

  it('that was refused before the clock was set back does not belong to a later entry', async () => {
    clock.set(at(60));
    expect(await gate.exit(plate)).toMatchObject(NOT_PARKED);
    clock.set(at(5));
    const { booking_id } = await gate.entry(plate, { at: at(4) });
    expect(await booking(booking_id)).toMatchObject({ status: 'active' });
  });

  it('prefers the account for which the plate opens gates', async () => {
    const other = await createMember(vpms);
    const theirs = await vpms.as(other).park(lotId, { vehicle_number: plate });
    clock.set(at(1));
    const own = await vpms.as(driver).park(lotId, { vehicle_number: plate });
    clock.set(at(2));
    expect(await gate.exit(plate)).toMatchObject({ booking_id: own.id });
    expect(await gate.exit(plate)).toMatchObject({ booking_id: theirs.id });
  });

  it('ends the booking without a plate if there is none with it', async () => {
    const { id } = await vpms.as(driver).park(lotId);
    expect(await gate.exit(plate)).toMatchObject({ reason: 'RELEASED', booking_id: id });
    const other = await vpms.as(driver).park(lotId, { vehicle_number: 'OTHER 2' });
    clock.set(at(16));
    expect(await gate.exit(plate)).toEqual(NOT_PARKED);
    expect(await booking(other.id)).toMatchObject({ status: 'active' });
  });

  it('leaves bookings without a plate of other accounts alone', async () => {
    await vpms.as(await createMember(vpms)).park(lotId);
    expect(await gate.exit(plate)).toEqual(NOT_PARKED);
  });

  it('is refused if the car is not parked here', async () => {
    await (await gateOf(vpms, (await createLot(vpms)).id)).entry(plate);
    expect(await gate.exit(plate)).toEqual(NOT_PARKED);
    expect(await gate.exit('NEVER SEEN')).toEqual(NOT_PARKED);
  });

  it('returns the last booking again for 15 minutes after its end', async () => {
    const { booking_id } = await gate.entry(plate);
    clock.set(at(30));
    const first = await gate.exit(plate);
    clock.set(at(44));
    expect(await (await gateOf(vpms, lotId)).exit(plate)).toEqual(first);
    expect(first.booking_id).toBe(booking_id);
    clock.set(at(45));
    expect(await gate.exit(plate)).toEqual(NOT_PARKED);
    expect(await gate.exit(plate, { at: at(44.9) })).toEqual(first);
  });

  it('opens for a driver who released by app, even without a plate', async () => {
    const { booking_id: id } = await gate.entry(plate);
    clock.set(at(30));
    await vpms.as(driver).leave(id);
    clock.set(at(31));
    const exit = await gate.exit(plate);
    expect(exit).toMatchObject({ reason: 'RELEASED', booking_id: id, cost: 12.5 });
    expect(await booking(id)).toMatchObject({ leaving_timestamp: at(30) });
    const { id: other } = await vpms.as(driver).park(lotId);
    clock.set(at(35));
    await vpms.as(driver).leave(other);
    clock.set(at(40));
    expect(await gate.exit(plate)).toMatchObject({ reason: 'RELEASED', booking_id: other });
  });

  it('opens for a disabled account', async () => {
    const { booking_id } = await gate.entry(plate);
    const { token } = await createMember(vpms, 'admin');
    const path = `/api/admin/users/${driver.id}`;
    await vpms.http.request('PATCH', path, { token, body: { disabled: true } });
    expect(await gate.exit(plate)).toMatchObject({ reason: 'RELEASED', booking_id });
  });

  it('is for gates that let cars out', async () => {
    expectProblem(await (await gateOf(vpms, lotId, 'in')).leave(plate), '403 WRONG_DIRECTION');
    await gate.entry(plate);
    expect(await (await gateOf(vpms, lotId, 'out')).exit(plate)).toMatchObject({
      reason: 'RELEASED',
    });
  });

  it('ends a reservation by the rules of its charge', async () => {
    const window = { lot_id: lotId, from: at(10), until: at(120), vehicle_number: plate };
    const { body } = await vpms.as(driver).bookAhead(window);
    expect(await gate.entry(plate)).toMatchObject({ reason: 'CHECKED_IN', booking_id: body.id });
    clock.set(at(30));
    expect(await gate.exit(plate)).toMatchObject({ booking_id: body.id, cost: 25 });
  });
});

describe('a late exit', () => {
  it('ends the stay when the car was seen', async () => {
    const { booking_id } = await gate.entry(plate);
    clock.set(at(300));
    expect(await gate.exit(plate, { at: at(60) })).toMatchObject({ cost: 12.5 });
    expect(await booking(booking_id)).toMatchObject({
      leaving_timestamp: at(60),
      updated_at: at(300),
    });
  });

  it('that is older than the stay is refused', async () => {
    clock.set(at(60));
    const { booking_id } = await gate.entry(plate);
    expect(await gate.exit(plate, { at: at(59) })).toEqual(NOT_PARKED);
    expect(await booking(booking_id)).toMatchObject({ status: 'active' });
    expect(await gate.exit(plate, { at: at(60) })).toMatchObject({ booking_id });
  });

  it('of the stay before returns that one', async () => {
    const first = await gate.entry(plate);
    clock.set(at(30));
    await gate.exit(plate);
    clock.set(at(35));
    const second = await gate.entry(plate);
    clock.set(at(40));
    const { booking_id } = first;
    expect(await gate.exit(plate, { at: at(31) })).toMatchObject({ booking_id });
    expect(await booking(second.booking_id)).toMatchObject({ status: 'active' });
  });

  it('begins the next stay with the entry that found the car in the lot meanwhile', async () => {
    const first = await gate.entry(plate);
    clock.set(at(120));
    const { booking_id } = first;
    const entry = await gate.entry(plate, { event_id: 'next' });
    expect(entry).toMatchObject({ reason: 'ALREADY_IN', booking_id });
    clock.set(at(150));
    // Fills the cache.
    expect((await vpms.as(driver).activeBooking()).body).toMatchObject({ id: booking_id });
    expect(await gate.exit(plate, { at: at(60) })).toMatchObject({ booking_id, cost: 12.5 });
    const next = (await vpms.as(driver).activeBooking()).body;
    expect(next).toMatchObject({ parking_timestamp: at(120), vehicle_number: plate });
    expect(next.id).not.toBe(booking_id);
    expect(await gate.entry(plate, { event_id: 'next' })).toEqual(entry);
    clock.set(at(180));
    const exit = { reason: 'RELEASED', booking_id: next.id, cost: 12.5 };
    expect(await gate.exit(plate)).toMatchObject(exit);
    expect((await vpms.as(driver).get('/api/user/stats')).body).toMatchObject({ totalSpent: 25 });
  });

  it('divides no stay that has ended', async () => {
    const { booking_id } = await gate.entry(plate);
    await gate.entry(plate, { at: at(0) });
    clock.set(at(70));
    await gate.entry(plate);
    clock.set(at(75));
    const exit = await gate.exit(plate);
    expect(exit).toMatchObject({ reason: 'RELEASED', booking_id });
    expect(await gate.exit(plate, { at: at(65) })).toEqual(exit);
    expect((await vpms.as(driver).get('/api/user/stats')).body).toMatchObject({ totalBookings: 1 });
  });

  it('may be 24 hours old', async () => {
    clock.set(at(48 * 60));
    expectProblem(await gate.leave(plate, { at: at(24 * 60 - 1) }), '400 VALIDATION_FAILED', [
      'at',
    ]);
    expect((await gate.leave(plate, { at: at(24 * 60) })).status).toBe(200);
  });
});

describe('a key', () => {
  it('is revoked immediately when it is replaced', async () => {
    const admin = vpms.as(await createMember(vpms, 'admin'));
    const { id, key } = await createGate(vpms, { lotId });
    const { body } = await admin.post(`/api/admin/gates/${id}/key`);
    expectProblem(await new GateClient(vpms.http, key).enter(plate), '401 TOKEN_REVOKED');
    expect((await new GateClient(vpms.http, body.key).enter(plate)).status).toBe(200);
  });

  it('is revoked when its lot is deleted', async () => {
    const { token } = await createMember(vpms, 'admin');
    await vpms.http.delete(`/api/admin/parking-lots/${lotId}`, { token });
    expectProblem(await gate.enter(plate), '401 TOKEN_REVOKED');
  });
});

describe('an event', () => {
  it.each([
    [{ event_id: '' }, 'event_id'],
    [{ event_id: 'x'.repeat(201) }, 'event_id'],
    [{ event_id: 1 }, 'event_id'],
    [{ plate: '' }, 'plate'],
    [{ plate: '...' }, 'plate'],
    [{ plate: 'x'.repeat(21) }, 'plate'],
    [{ plate: 'x'.repeat(10_000) }, 'plate'],
    [{ plate: 'A\u0000B' }, 'plate'],
    [{ plate: 'A\u001b[31m' }, 'plate'],
    [{ at: 'now' }, 'at'],
    [{ at: null }, 'at'],
    [{ gate_id: 1 }, 'gate_id'],
    [{ lot_id: 1 }, 'lot_id'],
  ])('with %j is refused', async (fields, name) => {
    for (const path of ['entries', 'exits']) {
      const body = { event_id: 'invalid', plate, ...fields };
      const response = await vpms.http.post(`/api/gate/${path}`, { token: gate.key, body });
      expectProblem(response, '400 VALIDATION_FAILED', [name]);
    }
  });
});
