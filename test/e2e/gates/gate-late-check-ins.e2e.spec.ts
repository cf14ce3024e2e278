import { describe, expect, it } from 'vitest';
import { at } from '../../support/app/fixed-clock.js';
import { CarAtGate, REFUSED } from '../../support/scenes/car-at-gate.js';

const car = new CarAtGate();
const { clock, booking, statistics, reserveForCar, fillLot } = car;

describe('a late entry for a reservation', () => {
  it('that was in time reverts the no-show and its fee', async () => {
    const { id } = await reserveForCar(60, 180);
    clock.set(at(120));
    expect(await booking(id)).toMatchObject({ status: 'no_show', parking_cost: 25 });
    const before = await statistics();
    const entry = await car.entry({ at: at(89) });
    expect(entry).toMatchObject({ reason: 'CHECKED_IN', booking_id: id, spot_number: '1' });
    expect(await booking(id)).toMatchObject({
      status: 'active',
      parking_timestamp: at(89),
      parking_cost: 0,
    });
    const after = await statistics();
    expect([before.totalSpent, after.totalSpent]).toEqual([25, 0]);
    expect(after.totalBookings).toBe(before.totalBookings + 1);
    clock.set(at(180));
    expect(await car.exit()).toMatchObject({ reason: 'RELEASED', booking_id: id, cost: 25 });
  });

  it('that was in time reverts the no-show if no job and no read has run', async () => {
    const { id } = await reserveForCar(60, 180);
    clock.set(at(200));
    expect(await car.entry({ at: at(89) })).toMatchObject({ booking_id: id });
    clock.set(at(240));
    const exit = await car.exit();
    expect(exit).toMatchObject({ reason: 'RELEASED', booking_id: id, cost: 37.5 });
  });

  it('that was too late begins a new booking', async () => {
    const { id } = await reserveForCar(60, 180);
    clock.set(at(120));
    const entry = await car.entry({ at: at(90) });
    expect(entry.reason).toBe('BOOKED');
    expect(await booking(id)).toMatchObject({ status: 'no_show', parking_cost: 25 });
  });

  it('checks it in and completes it if the exit was refused before', async () => {
    const { id } = await reserveForCar(60, 120);
    clock.set(at(110));
    await car.exit({ at: at(100) });
    const entry = await car.entry({ at: at(70) });
    expect(entry).toMatchObject({ reason: 'CHECKED_IN', booking_id: id });
    expect(await booking(id)).toMatchObject({ status: 'completed', leaving_timestamp: at(100) });
  });

  it('keeps the no-show if the lot is full now', async () => {
    const { id } = await reserveForCar(60, 180);
    clock.set(at(120));
    await fillLot();
    const entry = await car.entry({ at: at(70) });
    expect(entry).toEqual({ ...REFUSED, reason: 'LOT_FULL' });
    expect(await booking(id)).toMatchObject({ status: 'no_show' });
  });

  it('reverts and completes the no-show in a full lot if its exit was refused before', async () => {
    const { id } = await reserveForCar(60, 120);
    clock.set(at(180));
    await car.exit({ at: at(100) });
    await fillLot();
    const entry = await car.entry({ at: at(70) });
    expect(entry).toMatchObject({ reason: 'CHECKED_IN', booking_id: id });
    expect(await booking(id)).toMatchObject({
      status: 'completed',
      parking_timestamp: at(70),
      leaving_timestamp: at(100),
      parking_cost: 12.5,
    });
    const stats = await statistics();
    expect(stats).toMatchObject({ totalBookings: 1, totalSpent: 12.5 });
  });

  it('that was too early for it is refused, or begins a walk-in', async () => {
    const { id } = await reserveForCar(120, 180);
    clock.set(at(100));
    expect(await car.entry({ at: at(80) })).toMatchObject({ reason: 'TOO_EARLY' });
    expect(await car.entry({ at: at(50) })).toMatchObject({ reason: 'BOOKED' });
    expect(await booking(id)).toMatchObject({ status: 'reserved' });
  });
});
