import { describe, expect, it } from 'vitest';
import { DAY, HOUR } from '../../../src/platform/time/durations.js';
import { at } from '../../support/app/fixed-clock.js';
import { createGate } from '../../support/data/factories.js';
import { GateClient } from '../../support/http/clients/gate-client.js';
import { expectProblem } from '../../support/http/problems.js';
import { CarAtGate } from '../../support/scenes/car-at-gate.js';

const car = new CarAtGate();
const { clock, vpms } = car;

describe('a repeated event', () => {
  it('gets the first response, regardless of the rest of the request', async () => {
    const first = await car.entry({ event_id: 'same' });
    clock.set(at(10));
    expect(await car.gate.exit('OTHER', { event_id: 'same', at: at(-2000) })).toEqual(first);
    const body = { event_id: 'same', plate: null, at: 'yesterday', extra: 1 };
    for (const path of ['entries', 'exits']) {
      const again = await vpms.http.post(`/api/gate/${path}`, { token: car.gate.key, body });
      expect([again.status, again.body]).toEqual([200, first]);
    }
    expectProblem(
      await vpms.http.post('/api/gate/exits', {
        token: car.gate.key,
        body: { ...body, event_id: 'x' },
      }),
      '400 VALIDATION_FAILED',
    );
  });

  it('counts as new after 7 days', async () => {
    const first = await car.entry({ event_id: 'week' });
    await car.exit();
    clock.advance(7 * DAY - 1);
    expect(await car.entry({ event_id: 'week' })).toEqual(first);
    clock.advance(1);
    const second = await car.entry({ event_id: 'week' });
    expect(second.reason).toBe('BOOKED');
    expect(second.booking_id).not.toBe(first.booking_id);
    clock.advance(HOUR);
    expect(await car.entry({ event_id: 'week' })).toEqual(second);
  });

  it('is a new one at another gate', async () => {
    const first = await car.entry({ event_id: 'shared' });
    const second = await (await car.newGate()).entry(car.plate, { event_id: 'shared' });
    expect(second).toEqual({ ...first, reason: 'ALREADY_IN' });
  });

  it('gets the first response although the direction of the gate has changed', async () => {
    const { id, key } = await createGate(vpms, { lotId: car.lotId, direction: 'in' });
    const turning = new GateClient(vpms.http, key);
    const first = await turning.entry(car.plate, { event_id: 'turn' });
    const options = { token: car.adminAccount.token, body: { direction: 'out' } };
    await vpms.http.request('PATCH', `/api/admin/gates/${id}`, options);
    expect(await turning.entry(car.plate, { event_id: 'turn' })).toEqual(first);
    expectProblem(await turning.enter(car.plate), '403 WRONG_DIRECTION');
  });

  it('is decided once if it is sent several times at once', async () => {
    const responses = await Promise.all(
      Array.from({ length: 8 }, () => car.entry({ event_id: 'at once' })),
    );
    expect(new Set(responses.map((each) => JSON.stringify(each))).size).toBe(1);
    expect(responses[0]).toMatchObject({ reason: 'BOOKED' });
  });
});
