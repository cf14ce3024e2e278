import { beforeEach, describe, expect, it } from 'vitest';
import { DAY, MINUTE } from '../../../src/platform/time/durations.js';
import { at, FixedClock, START } from '../../support/app/fixed-clock.js';
import { useTestApp } from '../../support/app/test-app.js';
import {
  createLot,
  createMember,
  createMembers,
  type TestAccount,
} from '../../support/data/factories.js';
import { driverWith, gateOf } from '../../support/data/gates.js';
import type { GateClient } from '../../support/http/clients/gate-client.js';
import { expectProblem } from '../../support/http/problems.js';

const clock = new FixedClock(START);
const vpms = useTestApp({ clock, environment: { JWT_EXPIRES_IN: '31536000' } });
let plates = 0;
let plate: string;
let admin: TestAccount;
let driver: TestAccount;
let lotId: number;
let gate: GateClient;

const newPlate = () => `E ${(plates += 1)}`;
const booking = async (id: number, member = driver) => (await vpms.as(member).booking(id)).body;
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
  gate = await gateOf(vpms, lotId);
  driver = await driverWith(vpms, plate);
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
    const other = await driverWith(vpms, plate);
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

  it('is charged by the hourly price that applied when the car was seen', async () => {
    const priceAt = async (seen: number) => {
      const member = await driverWith(vpms, newPlate());
      const [vehicle] = (await vpms.as(member).get('/api/user/vehicles')).body;
      const entry = await gate.entry(vehicle.plate, { at: at(seen) });
      return (await booking(entry.booking_id, member)).price_per_hour;
    };
    clock.set(at(60));
    await vpms.as(admin).updateLot(lotId, { price: 20, number_of_spots: 9 });
    clock.set(at(90));
    await vpms.as(admin).updateLot(lotId, { price: 30 });
    clock.set(at(120));
    const prices = [];
    for (const seen of [-30, 59, 60, 89, 90, 120]) prices.push(await priceAt(seen));
    expect(prices).toEqual([12.5, 12.5, 20, 20, 30, 30]);
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
    // The car was refused again, a minute later.
    await gate.exit(plate, { at: at(121) });
    const entry = await gate.entry(plate, { at: at(60) });
    expect(entry).toMatchObject({ action: 'open', reason: 'BOOKED', spot_number: '1' });
    expect(await booking(entry.booking_id)).toMatchObject({
      status: 'completed',
      parking_timestamp: at(60),
      leaving_timestamp: at(120),
      parking_cost: 12.5,
    });
    // A repeated event gets the first response.
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
