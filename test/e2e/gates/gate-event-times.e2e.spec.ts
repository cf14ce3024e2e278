import { beforeEach, describe, expect, it } from 'vitest';
import { DAY, MINUTE } from '../../../src/platform/time/durations.js';
import { at, FixedClock, START } from '../../support/app/fixed-clock.js';
import { useTestApp } from '../../support/app/test-app.js';
import {
  createGate,
  createLot,
  createMember,
  type TestAccount,
} from '../../support/data/factories.js';
import { GateClient } from '../../support/http/clients/gate-client.js';
import { expectProblem } from '../../support/http/problems.js';

const START_MILLISECONDS = Date.parse(START);

const clock = new FixedClock(START);
const vpms = useTestApp({ clock, environment: { JWT_EXPIRES_IN: '31536000' } });
let plates = 0;
let plate: string;
let driver: TestAccount;
let lotId: number;
let gate: GateClient;

const booking = async (id: number) => (await vpms.as(driver).booking(id)).body;

beforeEach(async () => {
  clock.set(START);
  plate = `T ${(plates += 1)}`;
  lotId = (await createLot(vpms, { numberOfSpots: 2 })).id;
  gate = new GateClient(vpms.http, (await createGate(vpms, { lotId })).key);
  driver = await createMember(vpms);
  await vpms.as(driver).addVehicle({ plate });
});

describe('an exit of a camera whose clock is ahead', () => {
  it('counts as now up to a minute', async () => {
    const { booking_id } = await gate.entry(plate);
    clock.set(at(30));
    const exit = await gate.exit(plate, { at: at(31) });
    expect(exit).toMatchObject({ reason: 'RELEASED', booking_id });
    expect(await booking(booking_id)).toMatchObject({ leaving_timestamp: at(30) });
  });

  it('is refused beyond a minute, and ends nothing', async () => {
    const { booking_id } = await gate.entry(plate);
    clock.set(at(30));
    const late = new Date(clock.now().getTime() + MINUTE + 1);
    expectProblem(await gate.leave(plate, { at: late }), '400 VALIDATION_FAILED', ['at']);
    expect(await booking(booking_id)).toMatchObject({ status: 'active' });
  });
});

describe('an entry that was in time for a no-show', () => {
  /** When the reservation becomes a no-show, in minutes. */
  const LAPSES = 90;
  /** The last moment at which an entry is in time. */
  const lastMoment = START_MILLISECONDS + LAPSES * MINUTE - 1;

  async function missReservation(): Promise<number> {
    const window = { from: at(60), until: at(180) };
    const { body } = await vpms
      .as(driver)
      .bookAhead({ lot_id: lotId, ...window, vehicle_number: plate });
    clock.set(at(LAPSES));
    expect(await booking(body.id)).toMatchObject({ status: 'no_show', parking_cost: 25 });
    return body.id;
  }

  it('reverts it if it is received 24 hours later', async () => {
    const id = await missReservation();
    clock.set(new Date(lastMoment + DAY).toISOString());
    const entry = await gate.entry(plate, { at: new Date(lastMoment) });
    expect(entry).toMatchObject({ reason: 'CHECKED_IN', booking_id: id });
    expect(await booking(id)).toMatchObject({ status: 'active', parking_cost: 0 });
  });

  it('is refused if it is received after that, and the no-show keeps its fee', async () => {
    const id = await missReservation();
    clock.set(new Date(lastMoment + DAY + 1).toISOString());
    const refused = await gate.enter(plate, { at: new Date(lastMoment) });
    expectProblem(refused, '400 VALIDATION_FAILED', ['at']);
    expect(await booking(id)).toMatchObject({ status: 'no_show', parking_cost: 25 });
  });
});

describe('an event that is older than its lot', () => {
  beforeEach(async () => {
    clock.set(at(80));
    lotId = (await createLot(vpms, { numberOfSpots: 1 })).id;
    gate = new GateClient(vpms.http, (await createGate(vpms, { lotId })).key);
  });

  it('begins and ends the stay when the car was seen', async () => {
    const { reason, booking_id } = await gate.entry(plate, { at: at(0) });
    expect(reason).toBe('BOOKED');
    const exit = await gate.exit(plate, { at: at(30) });
    expect(exit).toEqual({ action: 'open', reason: 'RELEASED', booking_id, cost: 12.5 });
    expect(await booking(booking_id)).toMatchObject({
      parking_timestamp: at(0),
      leaving_timestamp: at(30),
    });
  });

  it('counts in analytics from the hour in which the lot was created', async () => {
    await gate.entry(plate, { at: at(0) });
    clock.set(at(120));
    await gate.exit(plate, { at: at(110) });
    const { token } = await createMember(vpms, 'admin');
    const path = `/api/admin/analytics?lot_id=${lotId}&from=2026-03-02&until=2026-03-03&by=hour`;
    const { body } = await vpms.http.get(path, { token });
    expect(body[0]).toMatchObject({
      from: at(60),
      sessions: 1,
      arrivals: 0,
      departures: 1,
      average_dwell_minutes: 110,
      // 50 minutes parked, while the spot existed for 40: at most 100.
      occupancy_percent: 100,
      revenue: 25,
    });
  });
});
