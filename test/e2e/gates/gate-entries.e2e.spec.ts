import { describe, expect, it } from 'vitest';
import { at, START } from '../../support/app/fixed-clock.js';
import { createLot, createMember } from '../../support/data/factories.js';
import { expectProblem } from '../../support/http/problems.js';
import { CarAtGate, REFUSED } from '../../support/scenes/car-at-gate.js';

const car = new CarAtGate();
const { clock, vpms, booking, reserve, reserveForCar, fillLot, disable } = car;

describe('an entry', () => {
  it('begins no stay before the end of the last one if the clock was set back', async () => {
    clock.set(at(-60));
    await car.entry();
    clock.set(START);
    await car.exit();
    clock.set(at(-30));
    const { booking_id } = await car.entry();
    expect(await booking(booking_id)).toMatchObject({ parking_timestamp: START });
  });

  it('books for the account for which the plate opens gates', async () => {
    const entry = await car.gate.entry(car.plate.toLowerCase().replace(' ', '-'));
    expect(entry).toEqual({
      action: 'open',
      reason: 'BOOKED',
      booking_id: expect.any(Number),
      spot_number: '1',
    });
    expect((await car.driver.activeBooking()).body).toMatchObject({
      id: entry.booking_id,
      lot_id: car.lotId,
      status: 'active',
      parking_timestamp: START,
      // The booking has the plate as the driver typed it.
      vehicle_number: car.plate,
    });
  });

  it('is refused for an unknown plate, and for one that opens no gates', async () => {
    expect(await car.gate.entry('UNKNOWN 1')).toEqual({ ...REFUSED, reason: 'UNKNOWN_PLATE' });
    await car.driver.addVehicle({ plate: 'CLOSED 1', opens_gates: false });
    expect(await car.gate.entry('CLOSED 1')).toEqual({ ...REFUSED, reason: 'UNKNOWN_PLATE' });
  });

  it('checks a reservation with the plate in once its early arrival time has begun', async () => {
    const { id } = await reserveForCar(60, 120);
    clock.set(at(45));
    const entry = await car.entry();
    const active = { status: 'active', parking_timestamp: at(45), spot_number: '1' };
    expect(entry).toMatchObject({ action: 'open', reason: 'CHECKED_IN', booking_id: id });
    expect(entry.spot_number).toBe('1');
    expect(await booking(id)).toMatchObject(active);
  });

  it('checks a reservation with the plate in even if the plate does not open gates for its account', async () => {
    const other = await car.newDriver();
    const { id } = await reserveForCar(60, 120, {}, other);
    clock.set(at(50));
    expect(await car.entry()).toMatchObject({ reason: 'CHECKED_IN', booking_id: id });
    expect((await car.driver.activeBooking()).body).toBeNull();
  });

  it.each([
    [-15, 'CHECKED_IN'],
    [-16, 'TOO_EARLY'],
    [-59, 'TOO_EARLY'],
    // A claim that begins exactly walk_in_minutes from now does not count yet.
    [-60, 'BOOKED'],
    [-61, 'BOOKED'],
  ])(
    'at %i minutes after the start of a reservation gets the reason %s',
    async (minutes, reason) => {
      await reserveForCar(120, 180);
      clock.set(at(120 + minutes));
      const entry = await car.entry();
      expect(entry.reason).toBe(reason);
      if (reason === 'TOO_EARLY') expect(entry).toEqual({ ...REFUSED, reason });
    },
  );

  it('ignores holds, and reservations in other lots', async () => {
    await reserveForCar(10, 60, { hold: true });
    const other = await car.newDriver();
    await reserveForCar(10, 60, { lot_id: (await createLot(vpms)).id }, other);
    expect(await car.entry()).toMatchObject({ reason: 'BOOKED' });
  });

  it('opens the gate if the plate is in the lot already', async () => {
    const first = await car.entry();
    const { booking_id, spot_number } = first;
    const expected = { action: 'open', reason: 'ALREADY_IN', booking_id, spot_number };
    expect(await car.entry()).toEqual(expected);
    expect(await (await car.newGate()).entry(car.plate)).toEqual(expected);
  });

  it('opens the gate if the driver has parked in the lot without a plate, but not with another plate', async () => {
    const { id } = await car.driver.park(car.lotId);
    expect(await car.entry()).toMatchObject({ reason: 'ALREADY_IN', booking_id: id });
    await car.driver.leave(id);
    await car.driver.park(car.lotId, { vehicle_number: 'OTHER 1' });
    expect(await car.entry()).toEqual({ ...REFUSED, reason: 'PARKED_ELSEWHERE' });
  });

  it('opens the gate for a plate that another account has parked with', async () => {
    const other = await car.newDriver();
    const { id } = await other.park(car.lotId, { vehicle_number: car.plate });
    expect(await car.entry()).toMatchObject({ reason: 'ALREADY_IN', booking_id: id });
  });

  it('is refused if the driver is parked in another lot', async () => {
    await car.driver.park((await createLot(vpms)).id, { vehicle_number: car.plate });
    expect(await car.entry()).toEqual({ ...REFUSED, reason: 'PARKED_ELSEWHERE' });
    await reserveForCar(60, 120);
    clock.set(at(50));
    expect(await car.entry()).toEqual({ ...REFUSED, reason: 'PARKED_ELSEWHERE' });
  });

  it('is refused in a full lot', async () => {
    await fillLot();
    expect(await car.entry()).toEqual({ ...REFUSED, reason: 'LOT_FULL' });
  });

  it('is refused in a full lot although the driver has a reservation', async () => {
    await fillLot();
    const { id } = await reserveForCar(60, 120);
    clock.set(at(60));
    expect(await car.entry()).toEqual({ ...REFUSED, reason: 'LOT_FULL' });
    expect(await booking(id)).toMatchObject({ status: 'reserved' });
  });

  it('is refused for a disabled account', async () => {
    await disable();
    expect(await car.entry()).toEqual({ ...REFUSED, reason: 'DISABLED_ACCOUNT' });
    const other = await createMember(vpms);
    await reserve(10, 60, { vehicle_number: 'OTHER 2' }, vpms.as(other));
    await disable(other);
    expect(await car.gate.entry('OTHER 2')).toEqual({ ...REFUSED, reason: 'DISABLED_ACCOUNT' });
  });

  it('is refused at a gate that only lets cars out', async () => {
    const exit = await car.newGate('out');
    expectProblem(await exit.enter(car.plate), '403 WRONG_DIRECTION');
    expect(await (await car.newGate('in')).entry(car.plate)).toMatchObject({
      reason: 'BOOKED',
    });
  });
});
