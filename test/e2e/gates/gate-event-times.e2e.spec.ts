import { beforeEach, describe, expect, it } from 'vitest';
import { DAY, MINUTE } from '../../../src/platform/time/durations.js';
import { at, START } from '../../support/app/fixed-clock.js';
import { expectProblem } from '../../support/http/problems.js';
import { CarAtGate } from '../../support/scenes/car-at-gate.js';

const car = new CarAtGate();
const { clock, booking, reserveForCar } = car;

describe('an exit of a camera whose clock is ahead', () => {
  it('ends the stay now if the clock is ahead by up to a minute', async () => {
    const { booking_id } = await car.entry();
    clock.set(at(30));
    const exit = await car.exit({ at: at(31) });
    expect(exit).toMatchObject({ reason: 'RELEASED', booking_id });
    expect(await booking(booking_id)).toMatchObject({ leaving_timestamp: at(30) });
  });

  it('is refused if the clock is ahead by more than a minute, and ends no stay', async () => {
    const { booking_id } = await car.entry();
    clock.set(at(30));
    const late = new Date(clock.now().getTime() + MINUTE + 1);
    expectProblem(await car.gate.leave(car.plate, { at: late }), '400 VALIDATION_FAILED', ['at']);
    expect(await booking(booking_id)).toMatchObject({ status: 'active' });
  });
});

describe('an entry directly before its reservation became a no-show', () => {
  /** When the reservation becomes a no-show, in minutes after the start. */
  const LAPSES = 90;
  /** The last instant at which an entry is in time. */
  const lastMoment = Date.parse(START) + LAPSES * MINUTE - 1;

  async function missReservation(): Promise<number> {
    const { id } = await reserveForCar(60, 180);
    clock.set(at(LAPSES));
    expect(await booking(id)).toMatchObject({ status: 'no_show', parking_cost: 25 });
    return id;
  }

  it('reverts the no-show if it is received 24 hours later', async () => {
    const id = await missReservation();
    clock.set(new Date(lastMoment + DAY).toISOString());
    const entry = await car.entry({ at: new Date(lastMoment) });
    expect(entry).toMatchObject({ reason: 'CHECKED_IN', booking_id: id });
    expect(await booking(id)).toMatchObject({ status: 'active', parking_cost: 0 });
  });

  it('is refused if it is received more than 24 hours later, and the no-show keeps its fee', async () => {
    const id = await missReservation();
    clock.set(new Date(lastMoment + DAY + 1).toISOString());
    const refused = await car.gate.enter(car.plate, { at: new Date(lastMoment) });
    expectProblem(refused, '400 VALIDATION_FAILED', ['at']);
    expect(await booking(id)).toMatchObject({ status: 'no_show', parking_cost: 25 });
  });
});

describe('an event that is older than its lot', () => {
  beforeEach(async () => {
    clock.set(at(80));
    await car.newLot({ numberOfSpots: 1 });
    car.gate = await car.newGate();
  });

  it('begins and ends the stay when the car was seen', async () => {
    const { reason, booking_id } = await car.entry({ at: at(0) });
    expect(reason).toBe('BOOKED');
    const exit = await car.exit({ at: at(30) });
    expect(exit).toEqual({ action: 'open', reason: 'RELEASED', booking_id, cost: 12.5 });
    expect(await booking(booking_id)).toMatchObject({
      parking_timestamp: at(0),
      leaving_timestamp: at(30),
    });
  });

  it('counts in analytics from the hour in which the lot was created', async () => {
    await car.entry({ at: at(0) });
    clock.set(at(120));
    await car.exit({ at: at(110) });
    const path = `/api/admin/analytics?lot_id=${car.lotId}&from=2026-03-02&until=2026-03-03&by=hour`;
    const { body } = await car.admin.get(path);
    expect(body[0]).toMatchObject({
      from: at(60),
      sessions: 1,
      arrivals: 0,
      departures: 1,
      average_dwell_minutes: 110,
      // The car was parked for 50 minutes, and the spot existed for 40; the value is at most 100.
      occupancy_percent: 100,
      revenue: 25,
    });
  });
});
