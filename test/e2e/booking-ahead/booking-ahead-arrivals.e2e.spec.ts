import { describe, expect, it } from 'vitest';
import { MINUTE } from '../../../src/platform/time/durations.js';
import { at } from '../../support/app/fixed-clock.js';
import { createLot } from '../../support/data/factories.js';
import { expectProblem } from '../../support/http/problems.js';
import { ParkingScene } from '../../support/scenes/parking-scene.js';

const scene = new ParkingScene();
const { clock, vpms, newDriver, reserve, reserveForOther, booking } = scene;

describe('leaving after the end of the window', () => {
  it.each([
    [130 * MINUTE, 12.5],
    [130 * MINUTE + 1, 25],
  ])(
    'at %i ms after the start costs %d, because overstay_grace_minutes is 10',
    async (leftAfter, cost) => {
      const body = await reserve(60, 120);
      clock.advance(60 * MINUTE);
      await scene.driver.checkIn(body.id);
      clock.advance(leftAfter - 60 * MINUTE);
      expect((await scene.driver.release(body.id)).body).toMatchObject({ parking_cost: cost });
    },
  );
});

describe('a driver who does not come', () => {
  it('pays the fee, and the spot is free again', async () => {
    const { id } = await reserve(120, 240);
    clock.advance(150 * MINUTE - 1);
    expect(await booking(id)).toMatchObject({ status: 'reserved' });
    clock.advance(1);
    expect(await booking(id)).toMatchObject({
      status: 'no_show',
      parking_cost: 25,
    });
    expectProblem(await scene.driver.checkIn(id), '409 WRONG_STATUS');
    await reserveForOther(150, 200);
  });
});

describe('checking in', () => {
  it('is possible from early_arrival_minutes before the window', async () => {
    const body = await reserve(120, 240);
    clock.advance(105 * MINUTE - 1);
    const early = await scene.driver.checkIn(body.id);
    expectProblem(early, '409 TOO_EARLY');
    expect(early.body.message).toContain(at(105));
    clock.advance(1);
    expect((await scene.driver.checkIn(body.id)).status).toBe(200);
  });

  it('is refused, and cancelling is free, while the previous driver has not left', async () => {
    const parker = await newDriver();
    const parked = await parker.park(scene.lotId);
    const body = await reserve(60, 120);
    expect(body.spot_number).toBe('1');
    clock.advance(60 * MINUTE);
    // The parked car has stayed longer than its claim, and the lot has no other spot.
    expect(await booking(body.id)).toMatchObject({
      status: 'reserved',
      spot_id: null,
      spot_number: null,
    });
    expectProblem(await scene.driver.checkIn(body.id), '409 SPOT_OCCUPIED');
    expect((await scene.driver.previewCancellation(body.id)).body).toEqual({
      fee: 0,
      free_until: null,
    });
    await parker.leave(parked.id);
    expect(await booking(body.id)).toMatchObject({ spot_number: '1' });
    expect((await scene.driver.checkIn(body.id)).status).toBe(200);
  });

  it('is refused while the driver is parked elsewhere', async () => {
    const { id } = await reserve(120, 240);
    const { body: other } = await scene.driver.book((await createLot(vpms)).id);
    clock.advance(115 * MINUTE);
    expectProblem(await scene.driver.checkIn(id), '409 ALREADY_PARKED');
    await scene.driver.release(other.id);
    expect((await scene.driver.checkIn(id)).status).toBe(200);
  });
});
