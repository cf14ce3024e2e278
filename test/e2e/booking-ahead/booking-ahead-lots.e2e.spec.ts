import { describe, expect, it } from 'vitest';
import { HOUR } from '../../../src/platform/time/durations.js';
import { at } from '../../support/app/fixed-clock.js';
import { expectProblem } from '../../support/http/problems.js';
import { ParkingScene } from '../../support/scenes/parking-scene.js';

const scene = new ParkingScene();
const { clock, vpms, bookAhead, reserve, reserveForOther, parkOther, newDriver, newLot, booking } =
  scene;

/** Each number of a policy with its default, least and greatest value. */
const POLICY: readonly (readonly [field: string, value: number, min: number, max: number])[] = [
  ['horizon_days', 30, 1, 365],
  ['min_minutes', 30, 1, 525_600],
  ['max_minutes', 10_080, 1, 525_600],
  ['hold_minutes', 10, 1, 1440],
  ['walk_in_minutes', 60, 1, 10_080],
  ['early_arrival_minutes', 15, 0, 10_080],
  ['no_show_after_minutes', 30, 0, 10_080],
  ['free_cancel_minutes', 60, 0, 10_080],
  ['overstay_grace_minutes', 10, 0, 10_080],
  ['no_show_fee_percent', 100, 0, 100],
  ['late_cancel_fee_percent', 50, 0, 100],
];
const DEFAULTS = Object.fromEntries(POLICY.map(([field, value]) => [field, value]));

describe('the policy of a lot', () => {
  it.each(POLICY)('has %s, by default %i, from %i to %i', async (field, _, min, max) => {
    expect((await scene.admin.policy(scene.lotId)).body).toEqual({
      bookable_ahead: true,
      ...DEFAULTS,
    });
    // With the widest range of lengths, every min_minutes and every max_minutes is valid.
    const wide = { bookable_ahead: true, ...DEFAULTS, min_minutes: 1, max_minutes: 525_600 };
    for (const value of [min, max]) {
      const set = await scene.admin.setPolicy(scene.lotId, { ...wide, [field]: value });
      expect(set).toMatchObject({ status: 200, body: { [field]: value } });
    }
    for (const value of [min - 1, max + 1, min + 0.5]) {
      const refused = await scene.admin.setPolicy(scene.lotId, { ...wide, [field]: value });
      expectProblem(refused, '400 VALIDATION_FAILED', [field]);
    }
  });

  it('limits how far ahead a window starts, and not when it ends', async () => {
    const horizon = 30 * 24 * 60;
    const late = await bookAhead(horizon + 1, horizon + 61);
    expectProblem(late, '400 VALIDATION_FAILED', ['from']);
    await reserve(horizon, horizon + 60);
  });

  it('has default values until all of them are set in one request, which is audited', async () => {
    const { body: policy } = await scene.admin.policy(scene.lotId);
    expect(policy).toMatchObject({ bookable_ahead: true, horizon_days: 30, walk_in_minutes: 60 });
    const set = await scene.admin.setPolicy(scene.lotId, { ...policy, horizon_days: 1 });
    expect(set).toMatchObject({ status: 200, body: { ...policy, horizon_days: 1 } });
    const response = await bookAhead(25 * 60, 26 * 60);
    expect(response.body.errors).toEqual([
      { field: 'from', message: 'from must be at most 1 days ahead' },
    ]);
    const { body: entries } = await scene.admin.get('/api/admin/audit-log?action=policy.set');
    expect(entries[0]).toMatchObject({ before: { horizon_days: 30 }, after: { horizon_days: 1 } });
    const missing = Object.fromEntries(
      Object.entries(policy).filter(([field]) => field !== 'horizon_days'),
    );
    expectProblem(await scene.admin.setPolicy(scene.lotId, missing), '400 VALIDATION_FAILED');
    const unknown = { ...policy, colour: 'red' };
    expectProblem(await scene.admin.setPolicy(scene.lotId, unknown), '400 VALIDATION_FAILED');
    const reversed = { ...policy, min_minutes: 60, max_minutes: 59 };
    expectProblem(await scene.admin.setPolicy(scene.lotId, reversed), '400 VALIDATION_FAILED');
  });

  it('still applies to a booking that was made before the policy was changed', async () => {
    const body = await reserve(120, 240);
    const { body: policy } = await scene.admin.policy(scene.lotId);
    await scene.admin.setPolicy(scene.lotId, { ...policy, free_cancel_minutes: 0 });
    expect((await scene.driver.previewCancellation(body.id)).body).toMatchObject({
      free_until: at(60),
    });
  });
});

describe('a walk-in', () => {
  it('gets the free spot with the lowest number that no booking claims within walk_in_minutes', async () => {
    await newLot({ numberOfSpots: 3 });
    const walkIn = async () => (await parkOther()).spot_number;
    const booked = await reserve(30, 90);
    expect(booked.spot_number).toBe('1');
    expect(await walkIn()).toBe('2');
    expect((await booking(booked.id)).spot_number).toBe('1');
    expect(await walkIn()).toBe('3');
    expectProblem(await (await newDriver()).book(scene.lotId), '409 LOT_FULL');
  });

  it('gets a spot from which a booking can move', async () => {
    await newLot({ numberOfSpots: 2 });
    const other = await newDriver();
    const first = await reserve(5, 35);
    const cancelled = await reserve(35, 65, {}, other);
    const second = await reserveForOther(35, 65);
    await other.cancel(cancelled.id);
    // Each spot is claimed for half of the next hour.
    expect([first.spot_number, second.spot_number]).toEqual(['1', '2']);
    const parked = await parkOther();
    const moved = await booking(first.id);
    expect([parked.spot_number, moved.spot_number]).toEqual(['1', '2']);
  });
});

describe('a lot with bookings ahead', () => {
  it('cannot be deleted, and shrinks only as far as they allow', async () => {
    await newLot({ numberOfSpots: 3 });
    await reserveForOther(60, 120);
    await reserveForOther(60, 120);
    const gone = await scene.admin.updateLot(scene.lotId, { number_of_spots: 1 });
    expectProblem(gone, '409 TOO_FEW_SPOTS');
    expect((await scene.admin.updateLot(scene.lotId, { number_of_spots: 2 })).status).toBe(200);
    const path = `/api/admin/parking-lots/${scene.lotId}`;
    const deleted = await vpms.http.delete(path, { token: scene.adminAccount.token });
    expectProblem(deleted, '409 LOT_OCCUPIED');
    clock.advance(24 * HOUR);
    expect((await vpms.http.delete(path, { token: scene.adminAccount.token })).status).toBe(200);
  });
});
