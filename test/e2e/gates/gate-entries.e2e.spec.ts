import { beforeEach, describe, expect, it } from 'vitest';
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
  gate = await gateOf(vpms, lotId);
  driver = await driverWith(vpms, plate);
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
      // The booking has the plate as the driver typed it.
      vehicle_number: plate,
    });
  });

  it('is refused for an unknown plate, and for one that opens no gates', async () => {
    expect(await gate.entry('UNKNOWN 1')).toEqual({ ...REFUSED, reason: 'UNKNOWN_PLATE' });
    plate = newPlate();
    await driverWith(vpms, plate, { opens_gates: false });
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
    expect(await (await gateOf(vpms, lotId)).entry(plate)).toEqual(expected);
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
    const exit = await gateOf(vpms, lotId, 'out');
    expectProblem(await exit.enter(plate), '403 WRONG_DIRECTION');
    expect(await (await gateOf(vpms, lotId, 'in')).entry(plate)).toMatchObject({
      reason: 'BOOKED',
    });
  });
});
