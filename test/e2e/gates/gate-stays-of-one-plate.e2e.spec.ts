import { beforeEach, describe, expect, it } from 'vitest';
import { at, FixedClock, START } from '../../support/app/fixed-clock.js';
import { useTestApp } from '../../support/app/test-app.js';
import { createGate, createLot, createMember } from '../../support/data/factories.js';
import { GateClient } from '../../support/http/clients/gate-client.js';

const clock = new FixedClock(START);
const vpms = useTestApp({ clock, environment: { JWT_EXPIRES_IN: '31536000' } });
let lots = 0;
let plate: string;
let lotId: number;
let gate: GateClient;

beforeEach(async () => {
  clock.set(START);
  plate = `ONE ${(lots += 1)}`;
  lotId = (await createLot(vpms, { numberOfSpots: 3 })).id;
  gate = new GateClient(vpms.http, (await createGate(vpms, { lotId })).key);
});

/** Parks a driver who types the plate and has no vehicle with it, so it opens no gates for the driver. */
async function parkWithPlate(): Promise<number> {
  const { body } = await vpms.as(await createMember(vpms)).book(lotId, { vehicle_number: plate });
  return body.id;
}

describe('of several parked cars with one plate, an entry and the next exit', () => {
  it('name the one that parked last', async () => {
    const first = await parkWithPlate();
    clock.set(at(10));
    const last = await parkWithPlate();
    clock.set(at(20));
    expect(await gate.entry(plate)).toMatchObject({ reason: 'ALREADY_IN', booking_id: last });
    expect(await gate.exit(plate)).toMatchObject({ reason: 'RELEASED', booking_id: last });
    expect(await gate.entry(plate)).toMatchObject({ reason: 'ALREADY_IN', booking_id: first });
    expect(await gate.exit(plate)).toMatchObject({ reason: 'RELEASED', booking_id: first });
  });

  it('name the one that was stored last, if they parked at one instant', async () => {
    const first = await parkWithPlate();
    const last = await parkWithPlate();
    expect(await gate.entry(plate)).toMatchObject({ reason: 'ALREADY_IN', booking_id: last });
    expect(await gate.exit(plate)).toMatchObject({ reason: 'RELEASED', booking_id: last });
    expect(await gate.entry(plate)).toMatchObject({ reason: 'ALREADY_IN', booking_id: first });
  });
});

describe('of several stays that ended at one instant, an exit', () => {
  it('returns the one that began last', async () => {
    const driver = await createMember(vpms);
    await vpms.as(driver).addVehicle({ plate });
    const window = { from: START, until: at(60) };
    const { body } = await vpms
      .as(driver)
      .bookAhead({ lot_id: lotId, ...window, vehicle_number: plate });
    expect(await gate.exit(plate)).toMatchObject({ reason: 'NOT_PARKED' });
    expect(await gate.entry(plate)).toMatchObject({ reason: 'CHECKED_IN', booking_id: body.id });
    // This entry belongs to the refused exit, so its stay ends when the stay of the reservation begins.
    expect(await gate.entry(plate, { at: at(-0.05) })).toMatchObject({ reason: 'BOOKED' });
    await vpms.as(driver).leave(body.id);
    expect(await gate.exit(plate)).toMatchObject({ reason: 'RELEASED', booking_id: body.id });
  });

  it('returns the one that was stored last, if they began at one instant too', async () => {
    const [first, last] = [await parkWithPlate(), await parkWithPlate()];
    await gate.exit(plate);
    await gate.exit(plate);
    expect(last).toBeGreaterThan(first);
    expect(await gate.exit(plate)).toMatchObject({ reason: 'RELEASED', booking_id: last });
  });
});
