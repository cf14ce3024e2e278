import { beforeEach, describe, expect, it } from 'vitest';
import { at } from '../../support/app/fixed-clock.js';
import { createLot } from '../../support/data/factories.js';
import { gateOf } from '../../support/data/gates.js';
import type { GateClient } from '../../support/http/clients/gate-client.js';
import { CarAtGate } from '../../support/scenes/car-at-gate.js';

const car = new CarAtGate();
const { clock, vpms, booking, statistics, reserveForCar, disable } = car;
/** A gate of another lot. */
let elsewhere: GateClient;

beforeEach(async () => {
  elsewhere = await gateOf(vpms, (await createLot(vpms)).id);
});

const stays = async () => (await car.driver.get('/api/user/bookings')).body;
const stay = (from: number, until: number) => ({
  parking_timestamp: at(from),
  leaving_timestamp: at(until),
});

describe('a queue of late events that is sent in order', () => {
  it('gives the car its stay if the driver is now parked elsewhere', async () => {
    clock.set(at(60));
    await elsewhere.entry(car.plate);
    clock.set(at(70));
    const entry = await car.entry({ event_id: 'in', at: at(0) });
    expect(entry).toMatchObject({ action: 'refuse', reason: 'PARKED_ELSEWHERE' });
    expect(await car.exit({ at: at(30) })).toMatchObject({ reason: 'NOT_PARKED' });
    expect(await stays()).toMatchObject([{ status: 'active' }, stay(0, 30)]);
    expect(await car.entry({ event_id: 'in' })).toEqual(entry);
    clock.set(at(120));
    await elsewhere.exit(car.plate);
    expect(await statistics()).toMatchObject({ totalBookings: 2, totalSpent: 25 });
  });

  it('gives the car its stay if the driver has parked elsewhere and left in the meantime', async () => {
    clock.set(at(45));
    await elsewhere.entry(car.plate);
    clock.set(at(50));
    await elsewhere.exit(car.plate);
    clock.set(at(60));
    expect(await car.entry({ at: at(0) })).toMatchObject({ reason: 'PARKED_ELSEWHERE' });
    expect((await car.driver.activeBooking()).body).toBeNull();
    await car.exit({ at: at(30) });
    expect(await stays()).toMatchObject([stay(45, 50), stay(0, 30)]);
    expect(await statistics()).toMatchObject({ totalBookings: 2, totalSpent: 25 });
  });

  it('gives the car a stay without duration if its driver was parked elsewhere all the time', async () => {
    clock.set(at(0));
    const { body: other } = await car.driver.book((await createLot(vpms)).id);
    clock.set(at(90));
    await car.driver.release(other.id);
    clock.set(at(100));
    const { booking_id: id } = await car.entry({ at: at(10) });
    expect(await car.exit({ at: at(30) })).toMatchObject({ reason: 'RELEASED', booking_id: id });
    expect((await car.driver.activeBooking()).body).toBeNull();
    expect(await stays()).toMatchObject([{ id, ...stay(90, 90) }, stay(0, 90)]);
  });

  it.each([
    ['is in the lot again', false],
    ['was in the lot again and has left', true],
  ])('gives the car its stay if it %s', async (_, hasLeft) => {
    clock.set(at(45));
    const { booking_id: next } = await car.entry();
    clock.set(at(50));
    if (hasLeft) await car.exit();
    clock.set(at(70));
    const entry = await car.entry({ at: at(0) });
    expect(entry).toMatchObject({ reason: 'ALREADY_IN', booking_id: next });
    await car.exit({ at: at(30) });
    expect(await stays()).toMatchObject([{ id: next, parking_timestamp: at(45) }, stay(0, 30)]);
    await car.exit({ at: at(31) });
    expect(await stays()).toHaveLength(2);
  });

  it('reverts the no-show of a driver who is now parked elsewhere', async () => {
    const { id } = await reserveForCar(60, 150);
    clock.set(at(160));
    await elsewhere.entry(car.plate);
    expect(await booking(id)).toMatchObject({ status: 'no_show', parking_cost: 25 });
    clock.set(at(170));
    await car.entry({ at: at(60) });
    await car.exit({ at: at(145) });
    expect(await booking(id)).toMatchObject({ status: 'completed', ...stay(60, 145) });
    expect(await statistics()).toMatchObject({ totalSpent: 25 });
  });

  it('uses no reservation that was made after the car was seen', async () => {
    clock.set(at(17));
    const { id } = await reserveForCar(20, 130);
    clock.set(at(30));
    const entry = await car.entry({ at: at(6) });
    expect(entry).toMatchObject({ reason: 'BOOKED' });
    expect(await car.exit({ at: at(15) })).toMatchObject({ cost: 12.5 });
    expect(await car.entry()).toMatchObject({ reason: 'CHECKED_IN', booking_id: id });
  });

  it('uses a reservation that was made within a minute after the car was seen, because clocks differ', async () => {
    clock.set(at(17));
    const { id } = await reserveForCar(20, 130);
    const entry = await car.entry({ at: at(16) });
    expect(entry).toMatchObject({ reason: 'CHECKED_IN', booking_id: id });
  });
});

describe('an account that was disabled after the car was seen', () => {
  it('gets the stay, and its car can leave', async () => {
    clock.set(at(30));
    await disable();
    clock.set(at(60));
    const entry = await car.entry({ at: at(0) });
    expect(entry).toMatchObject({ reason: 'BOOKED' });
    const { booking_id } = entry;
    expect(await car.exit()).toMatchObject({ reason: 'RELEASED', booking_id, cost: 12.5 });
    expect(await car.entry()).toMatchObject({ reason: 'DISABLED_ACCOUNT' });
  });

  it('gets the next stay of a car whose exit is late', async () => {
    await car.entry();
    clock.set(at(45));
    await car.entry();
    clock.set(at(50));
    await disable();
    clock.set(at(60));
    await car.exit({ at: at(30) });
    clock.set(at(90));
    expect(await car.exit()).toMatchObject({ reason: 'RELEASED', cost: 12.5 });
  });
});
