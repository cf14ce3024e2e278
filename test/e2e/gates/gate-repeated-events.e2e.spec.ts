import { beforeEach, describe, expect, it } from 'vitest';
import { DAY, HOUR } from '../../../src/platform/time/durations.js';
import { at, FixedClock, START } from '../../support/app/fixed-clock.js';
import { useTestApp } from '../../support/app/test-app.js';
import {
  createGate,
  createLot,
  createMember,
  type TestAccount,
} from '../../support/data/factories.js';
import { driverWith, gateOf } from '../../support/data/gates.js';
import { GateClient } from '../../support/http/clients/gate-client.js';
import { expectProblem } from '../../support/http/problems.js';

const clock = new FixedClock(START);
const vpms = useTestApp({ clock, environment: { JWT_EXPIRES_IN: '31536000' } });
let plates = 0;
let plate: string;
let admin: TestAccount;
let lotId: number;
let gate: GateClient;

beforeEach(async () => {
  clock.set(START);
  plate = `E ${(plates += 1)}`;
  admin = await createMember(vpms, 'admin');
  lotId = (await createLot(vpms, { numberOfSpots: 2 })).id;
  gate = await gateOf(vpms, lotId);
  await driverWith(vpms, plate);
});

describe('a repeated event', () => {
  it('gets the first response, regardless of the rest of the request', async () => {
    const first = await gate.entry(plate, { event_id: 'same' });
    clock.set(at(10));
    expect(await gate.exit('OTHER', { event_id: 'same', at: at(-2000) })).toEqual(first);
    const body = { event_id: 'same', plate: null, at: 'yesterday', extra: 1 };
    for (const path of ['entries', 'exits']) {
      const again = await vpms.http.post(`/api/gate/${path}`, { token: gate.key, body });
      expect([again.status, again.body]).toEqual([200, first]);
    }
    expectProblem(
      await vpms.http.post('/api/gate/exits', {
        token: gate.key,
        body: { ...body, event_id: 'x' },
      }),
      '400 VALIDATION_FAILED',
    );
  });

  it('counts as new after 7 days', async () => {
    const first = await gate.entry(plate, { event_id: 'week' });
    await gate.exit(plate);
    clock.advance(7 * DAY - 1);
    expect(await gate.entry(plate, { event_id: 'week' })).toEqual(first);
    clock.advance(1);
    const second = await gate.entry(plate, { event_id: 'week' });
    expect(second.reason).toBe('BOOKED');
    expect(second.booking_id).not.toBe(first.booking_id);
    clock.advance(HOUR);
    expect(await gate.entry(plate, { event_id: 'week' })).toEqual(second);
  });

  it('is one with the same id at the same gate', async () => {
    const first = await gate.entry(plate, { event_id: 'shared' });
    const second = await (await gateOf(vpms, lotId)).entry(plate, { event_id: 'shared' });
    expect(second).toEqual({ ...first, reason: 'ALREADY_IN' });
  });

  it('gets the first response if the gate is for the other direction by now', async () => {
    const { id, key } = await createGate(vpms, { lotId, direction: 'in' });
    const turning = new GateClient(vpms.http, key);
    const first = await turning.entry(plate, { event_id: 'turn' });
    const options = { token: admin.token, body: { direction: 'out' } };
    await vpms.http.request('PATCH', `/api/admin/gates/${id}`, options);
    expect(await turning.entry(plate, { event_id: 'turn' })).toEqual(first);
    expectProblem(await turning.enter(plate), '403 WRONG_DIRECTION');
  });

  it('is decided once if it is sent several times at once', async () => {
    const responses = await Promise.all(
      Array.from({ length: 8 }, () => gate.entry(plate, { event_id: 'at once' })),
    );
    expect(new Set(responses.map((each) => JSON.stringify(each))).size).toBe(1);
    expect(responses[0]).toMatchObject({ reason: 'BOOKED' });
  });
});
