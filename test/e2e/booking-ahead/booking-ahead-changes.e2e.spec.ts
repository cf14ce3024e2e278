import { describe, expect, it } from 'vitest';
import { MINUTE } from '../../../src/platform/time/durations.js';
import { at } from '../../support/app/fixed-clock.js';
import { perHour } from '../../support/data/tariffs.js';
import { expectProblem } from '../../support/http/problems.js';
import { ParkingScene } from '../../support/scenes/parking-scene.js';

const scene = new ParkingScene();
const { clock, reserve, reserveForOther, booking, statistics } = scene;

describe('the tariff of a reservation', () => {
  it('stays the same after an extension or new remarks, and becomes the current one after a new window', async () => {
    const { body: first } = await scene.admin.setTariff(scene.lotId, perHour(10));
    const body = await reserve(120, 240);
    expect(body).toMatchObject({ tariff_id: first.id });
    clock.advance(1);
    const { body: second } = await scene.admin.setTariff(scene.lotId, perHour(30));
    const api = scene.driver;
    const noted = await api.changeBooking(body.id, { remarks: 'By the door' });
    expect(noted.body).toMatchObject({ tariff_id: first.id });
    const preview = await api.previewExtension(body.id, at(300));
    expect(preview.body).toEqual({ available: true, cost: 10, total: 30 });
    const extended = await api.extend(body.id, at(300));
    expect(extended.body).toMatchObject({ tariff_id: first.id });
    const moved = await api.changeBooking(body.id, { until: at(360) });
    expect(moved.body).toMatchObject({ tariff_id: second.id });
    clock.set(at(120));
    await api.checkIn(body.id);
    clock.set(at(360));
    expect((await api.release(body.id)).body).toMatchObject({ parking_cost: 120 });
  });
});

describe('cancelling a reservation', () => {
  it('is free until free_until, and costs its percentage from then on', async () => {
    const body = await reserve(120, 240);
    clock.advance(60 * MINUTE - 1);
    expect((await scene.driver.previewCancellation(body.id)).body).toEqual({
      fee: 0,
      free_until: at(60),
    });
    clock.advance(1);
    expect((await scene.driver.previewCancellation(body.id)).body).toMatchObject({ fee: 12.5 });
    const cancelled = await scene.driver.cancel(body.id);
    expect(cancelled.body).toMatchObject({ status: 'cancelled', parking_cost: 12.5 });
    expect(await statistics()).toMatchObject({
      totalBookings: 0,
      totalSpent: 12.5,
    });
    expectProblem(await scene.driver.cancel(body.id), '409 WRONG_STATUS');
    expect((await scene.driver.receipt(body.id)).body).toMatchObject({
      lines: [{ kind: 'fee', amount: 12.5 }],
      total: 12.5,
    });
  });
});

describe('changing a booking', () => {
  it('moves its window at the current price, while cancelling is free', async () => {
    const body = await reserve(120, 240);
    await scene.admin.updateLot(scene.lotId, { price: 20 });
    const changed = await scene.driver.changeBooking(body.id, {
      from: at(300),
      until: at(360),
      remarks: 'Later',
    });
    expect(changed.body).toMatchObject({
      reserved_from: at(300),
      reserved_until: at(360),
      price_per_hour: 20,
      remarks: 'Later',
    });
    await reserveForOther(120, 240);
    const full = await scene.driver.changeBooking(body.id, { from: at(180), until: at(250) });
    expectProblem(full, '409 LOT_FULL');
    expect(await booking(body.id)).toMatchObject({ reserved_from: at(300) });
    clock.advance(240 * MINUTE);
    expectProblem(await scene.driver.changeBooking(body.id, { remarks: 'x' }), '409 TOO_LATE');
  });

  it('keeps the price if only other fields change', async () => {
    const body = await reserve(120, 240);
    await scene.admin.updateLot(scene.lotId, { price: 20 });
    const changed = await scene.driver.changeBooking(body.id, { vehicle_number: 'DL 2' });
    expect(changed.body).toMatchObject({ price_per_hour: 12.5, vehicle_number: 'DL 2' });
  });
});

describe('extending a booking', () => {
  it('costs what its preview states, even after the end while still parked', async () => {
    const body = await reserve(60, 120);
    expect((await scene.driver.previewExtension(body.id, at(180))).body).toEqual({
      available: true,
      cost: 12.5,
      total: 25,
    });
    expect((await scene.driver.extend(body.id, at(180))).body).toMatchObject({
      reserved_until: at(180),
      status: 'reserved',
    });
    clock.advance(60 * MINUTE);
    await scene.driver.checkIn(body.id);
    clock.advance(130 * MINUTE);
    const late = await scene.driver.extend(body.id, at(240));
    expect(late.body).toMatchObject({ reserved_until: at(240), status: 'active' });
    clock.advance(30 * MINUTE);
    expect((await scene.driver.release(body.id)).body).toMatchObject({ parking_cost: 37.5 });
  });

  it('is refused if the spot is booked, or if it extends nothing', async () => {
    const body = await reserve(60, 120);
    await reserveForOther(120, 180);
    expect((await scene.driver.previewExtension(body.id, at(150))).body).toMatchObject({
      available: false,
    });
    expectProblem(await scene.driver.extend(body.id, at(150)), '409 LOT_FULL');
    expectProblem(await scene.driver.extend(body.id, at(120)), '400 VALIDATION_FAILED');
  });
});
