import { beforeEach, describe, expect, it } from 'vitest';
import { at } from '../../support/app/fixed-clock.js';
import { CarAtGate } from '../../support/scenes/car-at-gate.js';

const car = new CarAtGate();
const { clock } = car;
/** A plate that no driver has listed. */
let plate: string;

beforeEach(() => {
  plate = car.newPlate();
});

async function parkWithPlate(): Promise<number> {
  return (await car.parkOther({ vehicle_number: plate })).id;
}

describe('of several parked cars with one plate, an entry and the next exit', () => {
  it('name the one that parked last', async () => {
    const first = await parkWithPlate();
    clock.set(at(10));
    const last = await parkWithPlate();
    clock.set(at(20));
    expect(await car.gate.entry(plate)).toMatchObject({ reason: 'ALREADY_IN', booking_id: last });
    expect(await car.gate.exit(plate)).toMatchObject({ reason: 'RELEASED', booking_id: last });
    expect(await car.gate.entry(plate)).toMatchObject({ reason: 'ALREADY_IN', booking_id: first });
    expect(await car.gate.exit(plate)).toMatchObject({ reason: 'RELEASED', booking_id: first });
  });

  it('name the one that was stored last, if they parked at one instant', async () => {
    const first = await parkWithPlate();
    const last = await parkWithPlate();
    expect(await car.gate.entry(plate)).toMatchObject({ reason: 'ALREADY_IN', booking_id: last });
    expect(await car.gate.exit(plate)).toMatchObject({ reason: 'RELEASED', booking_id: last });
    expect(await car.gate.entry(plate)).toMatchObject({ reason: 'ALREADY_IN', booking_id: first });
  });
});

describe('of several stays that ended at one instant, an exit', () => {
  it('returns the one that began last', async () => {
    const { id } = await car.reserveForCar(0, 60);
    expect(await car.exit()).toMatchObject({ reason: 'NOT_PARKED' });
    expect(await car.entry()).toMatchObject({ reason: 'CHECKED_IN', booking_id: id });
    // This entry belongs to the refused exit, so its stay ends when the stay of the reservation begins.
    expect(await car.entry({ at: at(-0.05) })).toMatchObject({ reason: 'BOOKED' });
    await car.driver.leave(id);
    expect(await car.exit()).toMatchObject({ reason: 'RELEASED', booking_id: id });
  });

  it('returns the one that was stored last, if they began at one instant too', async () => {
    const [first, last] = [await parkWithPlate(), await parkWithPlate()];
    await car.gate.exit(plate);
    await car.gate.exit(plate);
    expect(last).toBeGreaterThan(first);
    expect(await car.gate.exit(plate)).toMatchObject({ reason: 'RELEASED', booking_id: last });
  });
});
