import { beforeEach, describe, expect, it } from 'vitest';
import { at, FixedClock, START } from '../../support/app/fixed-clock.js';
import { useTestApp } from '../../support/app/test-app.js';
import { createLot, createMembers, type TestAccount } from '../../support/data/factories.js';
import { driverWith, gateOf } from '../../support/data/gates.js';
import type { GateClient } from '../../support/http/clients/gate-client.js';

const clock = new FixedClock(START);
const vpms = useTestApp({ clock, environment: { JWT_EXPIRES_IN: '31536000' } });
let plates = 0;
let plate: string;
let driver: TestAccount;
let lotId: number;
let gate: GateClient;

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
/** Parks on both spots. */
const fillLot = async () => {
  for (const member of await createMembers(vpms, 2)) await vpms.as(member).park(lotId);
};
const REFUSED = { action: 'refuse', booking_id: null, spot_number: null };

beforeEach(async () => {
  clock.set(START);
  plate = `E ${(plates += 1)}`;
  lotId = (await createLot(vpms, { numberOfSpots: 2 })).id;
  gate = await gateOf(vpms, lotId);
  driver = await driverWith(vpms, plate);
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
