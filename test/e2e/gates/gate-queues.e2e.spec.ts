import { beforeEach, describe, expect, it } from 'vitest';
import { at, FixedClock, START } from '../../support/app/fixed-clock.js';
import { useTestApp } from '../../support/app/test-app.js';
import { createLot, createMember, type TestAccount } from '../../support/data/factories.js';
import { driverWith, gateOf } from '../../support/data/gates.js';
import type { GateClient } from '../../support/http/clients/gate-client.js';

const clock = new FixedClock(START);
const vpms = useTestApp({ clock, environment: { JWT_EXPIRES_IN: '31536000' } });
let plates = 0;
let plate: string;
let driver: TestAccount;
let lotId: number;
let here: GateClient;
let elsewhere: GateClient;

const booking = async (id: number) => (await vpms.as(driver).booking(id)).body;
const stays = async () => (await vpms.as(driver).get('/api/user/bookings')).body;
const stats = async () => (await vpms.as(driver).get('/api/user/stats')).body;
const stay = (from: number, until: number) => ({
  parking_timestamp: at(from),
  leaving_timestamp: at(until),
});
const reserve = (from: number, until: number) =>
  vpms
    .as(driver)
    .bookAhead({ lot_id: lotId, from: at(from), until: at(until), vehicle_number: plate });

beforeEach(async () => {
  clock.set(START);
  plate = `Q ${(plates += 1)}`;
  lotId = (await createLot(vpms, { numberOfSpots: 3 })).id;
  here = await gateOf(vpms, lotId);
  elsewhere = await gateOf(vpms, (await createLot(vpms, { numberOfSpots: 3 })).id);
  driver = await driverWith(vpms, plate);
});

describe('a queue that is sent in its order', () => {
  it('gives the car its stay if the driver is parked elsewhere since', async () => {
    clock.set(at(60));
    await elsewhere.entry(plate);
    clock.set(at(70));
    const entry = await here.entry(plate, { event_id: 'in', at: at(0) });
    expect(entry).toMatchObject({ action: 'refuse', reason: 'PARKED_ELSEWHERE' });
    expect(await here.exit(plate, { at: at(30) })).toMatchObject({ reason: 'NOT_PARKED' });
    expect(await stays()).toMatchObject([{ status: 'active' }, stay(0, 30)]);
    expect(await here.entry(plate, { event_id: 'in' })).toEqual(entry);
    clock.set(at(120));
    await elsewhere.exit(plate);
    expect(await stats()).toMatchObject({ totalBookings: 2, totalSpent: 25 });
  });

  it('gives the car its stay if the driver has parked elsewhere and left since', async () => {
    clock.set(at(45));
    await elsewhere.entry(plate);
    clock.set(at(50));
    await elsewhere.exit(plate);
    clock.set(at(60));
    expect(await here.entry(plate, { at: at(0) })).toMatchObject({ reason: 'PARKED_ELSEWHERE' });
    expect((await vpms.as(driver).activeBooking()).body).toBeNull();
    await here.exit(plate, { at: at(30) });
    expect(await stays()).toMatchObject([stay(45, 50), stay(0, 30)]);
    expect(await stats()).toMatchObject({ totalBookings: 2, totalSpent: 25 });
  });

  it.each([
    ['is here again', false],
    ['was here again', true],
  ])('gives the car its stay if it %s', async (_, hasLeft) => {
    clock.set(at(45));
    const { booking_id: next } = await here.entry(plate);
    clock.set(at(50));
    if (hasLeft) await here.exit(plate);
    clock.set(at(70));
    const entry = await here.entry(plate, { at: at(0) });
    expect(entry).toMatchObject({ reason: 'ALREADY_IN', booking_id: next });
    await here.exit(plate, { at: at(30) });
    expect(await stays()).toMatchObject([{ id: next, parking_timestamp: at(45) }, stay(0, 30)]);
    await here.exit(plate, { at: at(31) });
    expect(await stays()).toHaveLength(2);
  });

  it('reverts the no-show of a driver who is parked elsewhere since', async () => {
    const { id } = (await reserve(60, 150)).body;
    clock.set(at(160));
    await elsewhere.entry(plate);
    expect(await booking(id)).toMatchObject({ status: 'no_show', parking_cost: 25 });
    clock.set(at(170));
    await here.entry(plate, { at: at(60) });
    await here.exit(plate, { at: at(145) });
    expect(await booking(id)).toMatchObject({ status: 'completed', ...stay(60, 145) });
    expect(await stats()).toMatchObject({ totalSpent: 25 });
  });

  it('uses no reservation that was made after the car was seen', async () => {
    clock.set(at(17));
    const { id } = (await reserve(20, 130)).body;
    clock.set(at(30));
    const entry = await here.entry(plate, { at: at(6) });
    expect(entry).toMatchObject({ reason: 'BOOKED' });
    expect(await here.exit(plate, { at: at(15) })).toMatchObject({ cost: 12.5 });
    expect(await here.entry(plate)).toMatchObject({ reason: 'CHECKED_IN', booking_id: id });
  });

  it('uses a reservation that was made within a minute after it, as clocks differ', async () => {
    clock.set(at(17));
    const { id } = (await reserve(20, 130)).body;
    const entry = await here.entry(plate, { at: at(16) });
    expect(entry).toMatchObject({ reason: 'CHECKED_IN', booking_id: id });
  });
});

describe('an account that was disabled after the car was seen', () => {
  const disable = async () => {
    const admin = await createMember(vpms, 'admin');
    const path = `/api/admin/users/${driver.id}`;
    const { token } = admin;
    const { status } = await vpms.http.request('PATCH', path, { token, body: { disabled: true } });
    expect(status).toBe(200);
  };

  it('gets the stay, and its car can leave', async () => {
    clock.set(at(30));
    await disable();
    clock.set(at(60));
    const entry = await here.entry(plate, { at: at(0) });
    expect(entry).toMatchObject({ reason: 'BOOKED' });
    const { booking_id } = entry;
    expect(await here.exit(plate)).toMatchObject({ reason: 'RELEASED', booking_id, cost: 12.5 });
    expect(await here.entry(plate)).toMatchObject({ reason: 'DISABLED_ACCOUNT' });
  });

  it('gets the next stay of a car whose exit is late', async () => {
    await here.entry(plate);
    clock.set(at(45));
    await here.entry(plate);
    clock.set(at(50));
    await disable();
    clock.set(at(60));
    await here.exit(plate, { at: at(30) });
    clock.set(at(90));
    expect(await here.exit(plate)).toMatchObject({ reason: 'RELEASED', cost: 12.5 });
  });
});
