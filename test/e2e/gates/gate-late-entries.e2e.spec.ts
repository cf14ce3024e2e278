import { describe, expect, it } from 'vitest';
import { DAY, MINUTE } from '../../../src/platform/time/durations.js';
import { at, START } from '../../support/app/fixed-clock.js';
import { createLot } from '../../support/data/factories.js';
import { driverWith } from '../../support/data/gates.js';
import { expectProblem } from '../../support/http/problems.js';
import { CarAtGate, REFUSED } from '../../support/scenes/car-at-gate.js';

const car = new CarAtGate();
const { clock, vpms, booking, statistics, newPlate, fillLot } = car;

describe('a late entry', () => {
  it('begins the stay when the car was seen', async () => {
    clock.set(at(180));
    const entry = await car.entry({ at: at(60) });
    expect(await booking(entry.booking_id)).toMatchObject({
      parking_timestamp: at(60),
      created_at: at(180),
    });
    clock.set(at(181));
    const exit = await car.exit({ at: at(120) });
    expect(exit).toMatchObject({ reason: 'RELEASED', cost: 12.5 });
    const { parking_timestamp, leaving_timestamp } = await booking(entry.booking_id);
    expect([parking_timestamp, leaving_timestamp]).toEqual([at(60), at(120)]);
  });

  it('may be 24 hours old, and one minute ahead', async () => {
    clock.advance(2 * DAY);
    const ago = (milliseconds: number) => new Date(clock.now().getTime() - milliseconds);
    const problem = await car.gate.enter(car.plate, { at: ago(DAY + 1) });
    expectProblem(problem, '400 VALIDATION_FAILED', ['at']);
    expectProblem(
      await car.gate.enter(car.plate, { at: ago(-MINUTE - 1) }),
      '400 VALIDATION_FAILED',
      ['at'],
    );
    const ahead = await car.entry({ at: ago(-MINUTE) });
    const now = clock.now().toISOString();
    expect(await booking(ahead.booking_id)).toMatchObject({ parking_timestamp: now });
    const plate = newPlate();
    const other = vpms.as(await driverWith(vpms, plate));
    const late = await car.gate.entry(plate, { at: ago(DAY) });
    const start = ago(DAY).toISOString();
    expect(await booking(late.booking_id, other)).toMatchObject({ parking_timestamp: start });
  });

  it('begins no stay before the end of the last one', async () => {
    const elsewhere = (await createLot(vpms)).id;
    const { id } = await car.driver.park(elsewhere);
    clock.set(at(60));
    await car.driver.leave(id);
    clock.set(at(90));
    const entry = await car.entry({ at: at(30) });
    expect(await booking(entry.booking_id)).toMatchObject({ parking_timestamp: at(60) });
  });

  it('is charged by the tariff that applied when the car was seen', async () => {
    const tariff = (price: number) => ({
      name: 'By the hour',
      rates: [{ name: 'Always', per_minutes: 60, price }],
    });
    await car.admin.setTariff(car.lotId, tariff(5));
    clock.set(at(60));
    await car.admin.setTariff(car.lotId, tariff(7));
    const entry = await car.entry({ at: at(30) });
    expect(await booking(entry.booking_id)).toMatchObject({ price_per_hour: 5 });
  });

  it('is charged by the hourly price that applied when the car was seen', async () => {
    const priceAt = async (seen: number) => {
      const plate = newPlate();
      const other = vpms.as(await driverWith(vpms, plate));
      const entry = await car.gate.entry(plate, { at: at(seen) });
      return (await booking(entry.booking_id, other)).price_per_hour;
    };
    clock.set(at(60));
    await car.admin.updateLot(car.lotId, { price: 20, number_of_spots: 9 });
    clock.set(at(90));
    await car.admin.updateLot(car.lotId, { price: 30 });
    clock.set(at(120));
    const prices = [];
    for (const seen of [-30, 59, 60, 89, 90, 120]) prices.push(await priceAt(seen));
    expect(prices).toEqual([12.5, 12.5, 20, 20, 30, 30]);
  });

  it('completes the stay if its exit was refused before', async () => {
    clock.set(at(180));
    const refused = await car.exit({ event_id: 'early', at: at(120) });
    expect(refused).toEqual({
      action: 'refuse',
      reason: 'NOT_PARKED',
      booking_id: null,
      cost: null,
    });
    // A minute later, the exit is refused again.
    await car.exit({ at: at(121) });
    const entry = await car.entry({ at: at(60) });
    expect(entry).toMatchObject({ action: 'open', reason: 'BOOKED', spot_number: '1' });
    expect(await booking(entry.booking_id)).toMatchObject({
      status: 'completed',
      parking_timestamp: at(60),
      leaving_timestamp: at(120),
      parking_cost: 12.5,
    });
    // A repeated event gets the first response.
    expect(await car.exit({ event_id: 'early' })).toEqual(refused);
    // No other entry can belong to the exit.
    expect(await car.entry({ at: at(61) })).toMatchObject({
      reason: 'ALREADY_IN',
      booking_id: entry.booking_id,
    });
    expect(await car.entry()).toMatchObject({ reason: 'BOOKED' });
    expect((await car.driver.activeBooking()).body).toMatchObject({ status: 'active' });
  });

  it('completes the stay if the driver has parked again in the meantime', async () => {
    clock.set(at(180));
    await car.exit({ at: at(120) });
    const next = await car.driver.park(car.lotId, { vehicle_number: car.plate });
    const entry = await car.entry({ at: at(60) });
    expect(entry).toMatchObject({ action: 'open', reason: 'BOOKED' });
    expect(await booking(entry.booking_id)).toMatchObject({
      status: 'completed',
      parking_timestamp: at(60),
      leaving_timestamp: at(120),
      parking_cost: 12.5,
    });
    expect((await car.driver.activeBooking()).body).toMatchObject({ id: next.id });
    clock.set(at(240));
    await car.exit();
    const again = await car.entry({ at: at(61) });
    expect(again).toMatchObject({ reason: 'ALREADY_IN', booking_id: entry.booking_id });
    const stats = await statistics();
    expect(stats).toMatchObject({ totalBookings: 2, totalSpent: 25 });
  });

  it('completes its stay although the driver has begun and ended another one in the meantime', async () => {
    clock.set(at(180));
    await car.exit({ at: at(120) });
    await car.driver.park(car.lotId);
    clock.set(at(200));
    await car.exit();
    const entry = await car.entry({ at: at(60) });
    expect(await booking(entry.booking_id)).toMatchObject({
      parking_timestamp: at(60),
      leaving_timestamp: at(120),
    });
  });

  it('completes the stay if the lot is full now', async () => {
    clock.set(at(180));
    await car.exit({ at: at(120) });
    await fillLot();
    const entry = await car.entry({ at: at(60) });
    expect(entry).toMatchObject({ action: 'open', reason: 'BOOKED', spot_number: '1' });
    expect(await booking(entry.booking_id)).toMatchObject({ status: 'completed' });
    expect(await car.entry()).toEqual({ ...REFUSED, reason: 'LOT_FULL' });
  });

  it('completes its stay with the exit that returned the previous stay', async () => {
    await car.entry();
    clock.set(at(60));
    const { booking_id: first } = await car.exit();
    clock.set(at(72));
    const again = await car.exit({ event_id: 'again' });
    expect(again).toMatchObject({ reason: 'RELEASED', booking_id: first });
    const entry = await car.entry({ at: at(65) });
    expect(entry).toMatchObject({ reason: 'BOOKED' });
    expect(await booking(entry.booking_id)).toMatchObject({
      parking_timestamp: at(65),
      leaving_timestamp: at(72),
    });
    expect(await car.exit({ event_id: 'again' })).toEqual(again);
    // No other entry can belong to the exit.
    const later = await car.entry({ at: at(70) });
    expect(await booking(later.booking_id)).toMatchObject({ status: 'active' });
  });

  it('of a second camera opens the gate after the driver has released in the app', async () => {
    const { booking_id } = await car.entry();
    clock.set(at(30));
    await car.driver.leave(booking_id);
    const second = { reason: 'ALREADY_IN', booking_id };
    expect(await car.entry({ at: at(1) })).toMatchObject(second);
    expect(await car.entry({ at: at(3) })).toMatchObject({ reason: 'BOOKED' });
  });

  it('of a second camera opens the gate after the car has left', async () => {
    const { booking_id } = await car.entry({ at: at(0) });
    clock.set(at(60));
    await car.exit();
    clock.set(at(90));
    const second = { reason: 'ALREADY_IN', booking_id };
    expect(await car.entry({ at: new Date(Date.parse(START) - 2000) })).toMatchObject(second);
    expect(await car.entry({ at: at(30) })).toMatchObject(second);
    expect((await car.driver.activeBooking()).body).toBeNull();
  });

  it('begins a stay at the end of the last one, which the driver released in the app', async () => {
    await car.entry({ at: at(0) });
    clock.set(at(60));
    const { body } = await car.driver.activeBooking();
    await car.driver.leave(body.id);
    clock.set(at(61));
    const entry = await car.entry({ at: at(55) });
    expect(entry).toMatchObject({ reason: 'BOOKED' });
    expect(await booking(entry.booking_id)).toMatchObject({ parking_timestamp: at(60) });
  });
});
