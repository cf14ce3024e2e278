import { beforeEach, describe, expect, it } from 'vitest';
import { MINUTE } from '../../../src/platform/time/durations.js';
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

describe('leaving after the end of the window', () => {
  it.each([
    [130 * MINUTE, 12.5],
    [130 * MINUTE + 1, 25],
  ])('%i ms after the start costs %d, by the grace of 10 minutes', async (leftAfter, cost) => {
    const { body } = await reserve(60, 120, driver);
    clock.advance(60 * MINUTE);
    await vpms.as(driver).checkIn(body.id);
    clock.advance(leftAfter - 60 * MINUTE);
    expect((await vpms.as(driver).release(body.id)).body).toMatchObject({ parking_cost: cost });
  });
});

describe('a driver who does not come', () => {
  it('pays the fee, and the spot is free again', async () => {
    const { body } = await reserve(120, 240, driver);
    clock.advance(150 * MINUTE - 1);
    expect((await vpms.as(driver).booking(body.id)).body).toMatchObject({ status: 'reserved' });
    clock.advance(1);
    expect((await vpms.as(driver).booking(body.id)).body).toMatchObject({
      status: 'no_show',
      parking_cost: 25,
    });
    expectProblem(await vpms.as(driver).checkIn(body.id), '409 WRONG_STATUS');
    expect((await reserve(150, 200)).status).toBe(201);
  });
});

describe('checking in', () => {
  it('is possible from early_arrival_minutes before the window', async () => {
    const { body } = await reserve(120, 240, driver);
    clock.advance(105 * MINUTE - 1);
    const early = await vpms.as(driver).checkIn(body.id);
    expectProblem(early, '409 TOO_EARLY');
    expect(early.body.message).toContain(at(105));
    clock.advance(1);
    expect((await vpms.as(driver).checkIn(body.id)).status).toBe(200);
  });

  it('is refused while the previous driver has not left, and the driver cancels free of charge', async () => {
    const parker = await createMember(vpms);
    const { body: parked } = await vpms.as(parker).book(lotId);
    const { body } = await reserve(60, 120, driver);
    expect(body.spot_number).toBe('1');
    clock.advance(60 * MINUTE);
    // The parked car has stayed longer than its claim: there is no other spot.
    expect((await vpms.as(driver).booking(body.id)).body).toMatchObject({
      status: 'reserved',
      spot_id: null,
      spot_number: null,
    });
    expectProblem(await vpms.as(driver).checkIn(body.id), '409 SPOT_OCCUPIED');
    expect((await vpms.as(driver).previewCancellation(body.id)).body).toEqual({
      fee: 0,
      free_until: null,
    });
    await vpms.as(parker).release(parked.id);
    expect((await vpms.as(driver).booking(body.id)).body).toMatchObject({ spot_number: '1' });
    expect((await vpms.as(driver).checkIn(body.id)).status).toBe(200);
  });

  it('is refused while the driver is parked elsewhere', async () => {
    const { body } = await reserve(120, 240, driver);
    const { body: other } = await vpms.as(driver).book((await createLot(vpms)).id);
    clock.advance(115 * MINUTE);
    expectProblem(await vpms.as(driver).checkIn(body.id), '409 ALREADY_PARKED');
    await vpms.as(driver).release(other.id);
    expect((await vpms.as(driver).checkIn(body.id)).status).toBe(200);
  });
});
