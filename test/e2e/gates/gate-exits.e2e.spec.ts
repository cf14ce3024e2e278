import { describe, expect, it } from 'vitest';
import { at } from '../../support/app/fixed-clock.js';
import { createGate, createLot } from '../../support/data/factories.js';
import { gateOf } from '../../support/data/gates.js';
import { GateClient } from '../../support/http/clients/gate-client.js';
import { expectProblem } from '../../support/http/problems.js';
import { CarAtGate } from '../../support/scenes/car-at-gate.js';

const car = new CarAtGate();
const { clock, vpms, booking, statistics, parkOther, reserveForCar, disable } = car;
const NOT_PARKED = { action: 'refuse', reason: 'NOT_PARKED', booking_id: null, cost: null };

describe('an exit', () => {
  it('ends the booking with the plate, and states its cost', async () => {
    const { booking_id } = await car.entry();
    clock.set(at(61));
    const exit = await car.gate.exit(car.plate.toLowerCase());
    expect(exit).toEqual({ action: 'open', reason: 'RELEASED', booking_id, cost: 25 });
    expect(await booking(booking_id)).toMatchObject({
      status: 'completed',
      leaving_timestamp: at(61),
      parking_cost: 25,
    });
    expect(await statistics()).toMatchObject({ totalSpent: 25 });
  });

  it('ends a stay that began before the clock was set back', async () => {
    clock.set(at(60));
    const { booking_id } = await car.entry();
    clock.set(at(5));
    const exit = await car.exit();
    expect(exit).toEqual({ action: 'open', reason: 'RELEASED', booking_id, cost: 12.5 });
    expect(await booking(booking_id)).toMatchObject({ leaving_timestamp: at(60) });
  });

  it('is refused if it is older than a stay that an instance with a faster clock began', async () => {
    clock.set(at(10));
    await car.entry();
    clock.advance(-1_000);
    expect(await car.exit({ at: at(5) })).toMatchObject(NOT_PARKED);
  });

  it('that was refused before the clock was set back does not belong to a later entry', async () => {
    clock.set(at(60));
    expect(await car.exit()).toMatchObject(NOT_PARKED);
    clock.set(at(5));
    const { booking_id } = await car.entry({ at: at(4) });
    expect(await booking(booking_id)).toMatchObject({ status: 'active' });
  });

  it('prefers the account for which the plate opens gates', async () => {
    const other = await car.newDriver();
    const theirs = await other.park(car.lotId, { vehicle_number: car.plate });
    clock.set(at(1));
    const own = await car.driver.park(car.lotId, { vehicle_number: car.plate });
    clock.set(at(2));
    expect(await car.exit()).toMatchObject({ booking_id: own.id });
    expect(await car.exit()).toMatchObject({ booking_id: theirs.id });
  });

  it("ends the driver's booking without a plate if no booking has the plate", async () => {
    const { id } = await car.driver.park(car.lotId);
    expect(await car.exit()).toMatchObject({ reason: 'RELEASED', booking_id: id });
    const other = await car.driver.park(car.lotId, { vehicle_number: 'OTHER 2' });
    clock.set(at(16));
    expect(await car.exit()).toEqual(NOT_PARKED);
    expect(await booking(other.id)).toMatchObject({ status: 'active' });
  });

  it("does not end another account's booking without a plate", async () => {
    await parkOther();
    expect(await car.exit()).toEqual(NOT_PARKED);
  });

  it('is refused if the car is not parked here', async () => {
    await (await gateOf(vpms, (await createLot(vpms)).id)).entry(car.plate);
    expect(await car.exit()).toEqual(NOT_PARKED);
    expect(await car.gate.exit('NEVER SEEN')).toEqual(NOT_PARKED);
  });

  it('returns the last booking again for 15 minutes after its end', async () => {
    const { booking_id } = await car.entry();
    clock.set(at(30));
    const first = await car.exit();
    clock.set(at(44));
    expect(await (await car.newGate()).exit(car.plate)).toEqual(first);
    expect(first.booking_id).toBe(booking_id);
    clock.set(at(45));
    expect(await car.exit()).toEqual(NOT_PARKED);
    expect(await car.exit({ at: at(44.9) })).toEqual(first);
  });

  it('opens the gate for a driver who released in the app, even without a plate', async () => {
    const { booking_id: id } = await car.entry();
    clock.set(at(30));
    await car.driver.leave(id);
    clock.set(at(31));
    const exit = await car.exit();
    expect(exit).toMatchObject({ reason: 'RELEASED', booking_id: id, cost: 12.5 });
    expect(await booking(id)).toMatchObject({ leaving_timestamp: at(30) });
    const { id: other } = await car.driver.park(car.lotId);
    clock.set(at(35));
    await car.driver.leave(other);
    clock.set(at(40));
    expect(await car.exit()).toMatchObject({ reason: 'RELEASED', booking_id: other });
  });

  it('opens the gate for a disabled account', async () => {
    const { booking_id } = await car.entry();
    await disable();
    expect(await car.exit()).toMatchObject({ reason: 'RELEASED', booking_id });
  });

  it('is refused at a gate that only lets cars in', async () => {
    expectProblem(await (await car.newGate('in')).leave(car.plate), '403 WRONG_DIRECTION');
    await car.entry();
    expect(await (await car.newGate('out')).exit(car.plate)).toMatchObject({
      reason: 'RELEASED',
    });
  });

  it('charges a reservation until the end of its window', async () => {
    const { id } = await reserveForCar(10, 120);
    expect(await car.entry()).toMatchObject({ reason: 'CHECKED_IN', booking_id: id });
    clock.set(at(30));
    expect(await car.exit()).toMatchObject({ booking_id: id, cost: 25 });
  });
});

describe('a late exit', () => {
  it('ends the stay when the car was seen', async () => {
    const { booking_id } = await car.entry();
    clock.set(at(300));
    expect(await car.exit({ at: at(60) })).toMatchObject({ cost: 12.5 });
    expect(await booking(booking_id)).toMatchObject({
      leaving_timestamp: at(60),
      updated_at: at(300),
    });
  });

  it('that is older than the stay is refused', async () => {
    clock.set(at(60));
    const { booking_id } = await car.entry();
    expect(await car.exit({ at: at(59) })).toEqual(NOT_PARKED);
    expect(await booking(booking_id)).toMatchObject({ status: 'active' });
    expect(await car.exit({ at: at(60) })).toMatchObject({ booking_id });
  });

  it('that belongs to the stay before the current one returns that stay', async () => {
    const first = await car.entry();
    clock.set(at(30));
    await car.exit();
    clock.set(at(35));
    const second = await car.entry();
    clock.set(at(40));
    const { booking_id } = first;
    expect(await car.exit({ at: at(31) })).toMatchObject({ booking_id });
    expect(await booking(second.booking_id)).toMatchObject({ status: 'active' });
  });

  it('begins the next stay at a later entry for which the car was already in the lot', async () => {
    const first = await car.entry();
    clock.set(at(120));
    const { booking_id } = first;
    const entry = await car.entry({ event_id: 'next' });
    expect(entry).toMatchObject({ reason: 'ALREADY_IN', booking_id });
    clock.set(at(150));
    // This read caches the active booking.
    expect((await car.driver.activeBooking()).body).toMatchObject({ id: booking_id });
    expect(await car.exit({ at: at(60) })).toMatchObject({ booking_id, cost: 12.5 });
    const next = (await car.driver.activeBooking()).body;
    expect(next).toMatchObject({ parking_timestamp: at(120), vehicle_number: car.plate });
    expect(next.id).not.toBe(booking_id);
    expect(await car.entry({ event_id: 'next' })).toEqual(entry);
    clock.set(at(180));
    const exit = { reason: 'RELEASED', booking_id: next.id, cost: 12.5 };
    expect(await car.exit()).toMatchObject(exit);
    expect(await statistics()).toMatchObject({ totalSpent: 25 });
  });

  it('does not split a stay that has ended', async () => {
    const { booking_id } = await car.entry();
    await car.entry({ at: at(0) });
    clock.set(at(70));
    await car.entry();
    clock.set(at(75));
    const exit = await car.exit();
    expect(exit).toMatchObject({ reason: 'RELEASED', booking_id });
    expect(await car.exit({ at: at(65) })).toEqual(exit);
    expect(await statistics()).toMatchObject({ totalBookings: 1 });
  });

  it('may be 24 hours old', async () => {
    clock.set(at(48 * 60));
    expectProblem(
      await car.gate.leave(car.plate, { at: at(24 * 60 - 1) }),
      '400 VALIDATION_FAILED',
      ['at'],
    );
    expect((await car.gate.leave(car.plate, { at: at(24 * 60) })).status).toBe(200);
  });
});

describe('the key of a gate', () => {
  it('is revoked immediately when it is replaced', async () => {
    const { id, key } = await createGate(vpms, { lotId: car.lotId });
    const { body } = await car.admin.post(`/api/admin/gates/${id}/key`);
    expectProblem(await new GateClient(vpms.http, key).enter(car.plate), '401 TOKEN_REVOKED');
    expect((await new GateClient(vpms.http, body.key).enter(car.plate)).status).toBe(200);
  });

  it('is revoked when its lot is deleted', async () => {
    const { token } = car.adminAccount;
    await vpms.http.delete(`/api/admin/parking-lots/${car.lotId}`, { token });
    expectProblem(await car.gate.enter(car.plate), '401 TOKEN_REVOKED');
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
      const body = { event_id: 'invalid', plate: car.plate, ...fields };
      const response = await vpms.http.post(`/api/gate/${path}`, { token: car.gate.key, body });
      expectProblem(response, '400 VALIDATION_FAILED', [name]);
    }
  });
});
