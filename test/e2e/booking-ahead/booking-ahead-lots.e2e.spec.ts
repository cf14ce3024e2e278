import { beforeEach, describe, expect, it } from 'vitest';
import { HOUR } from '../../../src/platform/time/durations.js';
import { at, FixedClock, START } from '../../support/app/fixed-clock.js';
import { useTestApp } from '../../support/app/test-app.js';
import { createLot, createMember, type TestAccount } from '../../support/data/factories.js';
import { expectProblem } from '../../support/http/problems.js';

const clock = new FixedClock(START);
const vpms = useTestApp({ clock, environment: { JWT_EXPIRES_IN: '31536000' } });
let driver: TestAccount;
let lotId: number;

beforeEach(async () => {
  clock.set(START);
  driver = await createMember(vpms);
  lotId = (await createLot(vpms, { numberOfSpots: 1 })).id;
});

const reserve = async (from: number, until: number, member?: TestAccount, fields: object = {}) =>
  vpms
    .as(member ?? (await createMember(vpms)))
    .bookAhead({ lot_id: lotId, from: at(from), until: at(until), ...fields });

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
    const admin = vpms.as(await createMember(vpms, 'admin'));
    expect((await admin.policy(lotId)).body).toEqual({ bookable_ahead: true, ...DEFAULTS });
    // The widest range, so that a changed length never contradicts the other one.
    const wide = { bookable_ahead: true, ...DEFAULTS, min_minutes: 1, max_minutes: 525_600 };
    for (const value of [min, max]) {
      const set = await admin.setPolicy(lotId, { ...wide, [field]: value });
      expect(set).toMatchObject({ status: 200, body: { [field]: value } });
    }
    for (const value of [min - 1, max + 1, min + 0.5]) {
      const refused = await admin.setPolicy(lotId, { ...wide, [field]: value });
      expectProblem(refused, '400 VALIDATION_FAILED', [field]);
    }
  });

  it('limits how far ahead a window starts, and not where it ends', async () => {
    const horizon = 30 * 24 * 60;
    const late = { lot_id: lotId, from: at(horizon + 1), until: at(horizon + 61) };
    expectProblem(await vpms.as(driver).bookAhead(late), '400 VALIDATION_FAILED', ['from']);
    expect((await reserve(horizon, horizon + 60, driver)).status).toBe(201);
  });

  it('is the default until it is set as a whole, and is audited', async () => {
    const admin = await createMember(vpms, 'admin');
    const { body: policy } = await vpms.as(admin).policy(lotId);
    expect(policy).toMatchObject({ bookable_ahead: true, horizon_days: 30, walk_in_minutes: 60 });
    const set = await vpms.as(admin).setPolicy(lotId, { ...policy, horizon_days: 1 });
    expect(set).toMatchObject({ status: 200, body: { ...policy, horizon_days: 1 } });
    const response = await reserve(25 * 60, 26 * 60, driver);
    expect(response.body.errors).toEqual([
      { field: 'from', message: 'from must be at most 1 days ahead' },
    ]);
    const { body: entries } = await vpms.as(admin).get('/api/admin/audit-log?action=policy.set');
    expect(entries[0]).toMatchObject({ before: { horizon_days: 30 }, after: { horizon_days: 1 } });
    const missing = Object.fromEntries(
      Object.entries(policy).filter(([field]) => field !== 'horizon_days'),
    );
    expectProblem(await vpms.as(admin).setPolicy(lotId, missing), '400 VALIDATION_FAILED');
    const unknown = { ...policy, colour: 'red' };
    expectProblem(await vpms.as(admin).setPolicy(lotId, unknown), '400 VALIDATION_FAILED');
    const reversed = { ...policy, min_minutes: 60, max_minutes: 59 };
    expectProblem(await vpms.as(admin).setPolicy(lotId, reversed), '400 VALIDATION_FAILED');
  });

  it('that applied when a booking was made stays', async () => {
    const admin = await createMember(vpms, 'admin');
    const { body } = await reserve(120, 240, driver);
    const { body: policy } = await vpms.as(admin).policy(lotId);
    await vpms.as(admin).setPolicy(lotId, { ...policy, free_cancel_minutes: 0 });
    expect((await vpms.as(driver).previewCancellation(body.id)).body).toMatchObject({
      free_until: at(60),
    });
  });
});

describe('a driver without a reservation', () => {
  it('gets the free spot with the lowest number that no booking claims within walk_in_minutes', async () => {
    const { id } = await createLot(vpms, { numberOfSpots: 3 });
    const walkIn = async () => (await vpms.as(await createMember(vpms)).park(id)).spot_number;
    const booked = await reserve(30, 90, driver, { lot_id: id });
    expect(booked.body.spot_number).toBe('1');
    expect(await walkIn()).toBe('2');
    expect((await vpms.as(driver).booking(booked.body.id)).body.spot_number).toBe('1');
    expect(await walkIn()).toBe('3');
    expectProblem(await vpms.as(await createMember(vpms)).book(id), '409 LOT_FULL');
  });

  it('gets a spot from which a booking can move', async () => {
    const { id } = await createLot(vpms, { numberOfSpots: 2 });
    const placeholder = await createMember(vpms);
    const first = await reserve(5, 35, driver, { lot_id: id });
    const blocked = await reserve(35, 65, placeholder, { lot_id: id });
    const second = await reserve(35, 65, undefined, { lot_id: id });
    await vpms.as(placeholder).cancel(blocked.body.id);
    // Each spot is claimed for half of the next hour.
    expect([first, second].map(({ body }) => body.spot_number)).toEqual(['1', '2']);
    const parked = await vpms.as(await createMember(vpms)).park(id);
    const moved = await vpms.as(driver).booking(first.body.id);
    expect([parked.spot_number, moved.body.spot_number]).toEqual(['1', '2']);
  });
});

describe('a lot with bookings ahead', () => {
  it('cannot be deleted, and shrinks only as far as they allow', async () => {
    const admin = await createMember(vpms, 'admin');
    lotId = (await createLot(vpms, { numberOfSpots: 3 })).id;
    await reserve(60, 120);
    await reserve(60, 120);
    const gone = await vpms.as(admin).updateLot(lotId, { number_of_spots: 1 });
    expectProblem(gone, '409 TOO_FEW_SPOTS');
    expect((await vpms.as(admin).updateLot(lotId, { number_of_spots: 2 })).status).toBe(200);
    const path = `/api/admin/parking-lots/${lotId}`;
    const deleted = await vpms.http.delete(path, { token: admin.token });
    expectProblem(deleted, '409 LOT_OCCUPIED');
    clock.advance(24 * HOUR);
    expect((await vpms.http.delete(path, { token: admin.token })).status).toBe(200);
  });
});
