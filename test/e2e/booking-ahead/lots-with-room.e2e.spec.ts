import { describe, expect, it } from 'vitest';
import { MINUTE } from '../../../src/platform/time/durations.js';
import { at } from '../../support/app/fixed-clock.js';
import { expectProblem } from '../../support/http/problems.js';
import { ParkingScene } from '../../support/scenes/parking-scene.js';

const scene = new ParkingScene();
const { clock, reserve } = scene;

describe('lots with room for a window', () => {
  const roomy = async (from: number, until: number) => {
    const query = `from=${at(from)}&until=${at(until)}&limit=500`;
    const { body } = await scene.driver.get(`/api/user/parking-lots/available?${query}`);
    return body.find((lot: { id: number }) => lot.id === scene.lotId);
  };

  it('have a free spot at every moment of it, and show its price', async () => {
    await reserve(120, 240);
    expect(await roomy(60, 120)).toMatchObject({ total: 12.5 });
    expect(await roomy(240, 301)).toMatchObject({ total: 25 });
    expect(await roomy(60, 121)).toBeUndefined();
    expect(await roomy(239, 300)).toBeUndefined();
    // A window that the policy forbids is priced too, up to a year.
    expect(await roomy(240, 240 + 365 * 24 * 60)).toBeDefined();
    expect(await roomy(240, 241)).toMatchObject({ total: 12.5 });
  });

  it('are priced by the tariff that applies now', async () => {
    const rates = [
      { name: 'First hour', until_minute: 60, per_minutes: 60, price: 5 },
      { name: 'Later', per_minutes: 60, price: 30 },
    ];
    await scene.admin.setTariff(scene.lotId, { name: 'Steps', rates });
    expect(await roomy(60, 180)).toMatchObject({ total: 35 });
  });

  it('include a lot from the moment at which a hold there expires', async () => {
    await reserve(120, 240, { hold: true });
    clock.advance(10 * MINUTE - 1);
    expect(await roomy(120, 240)).toBeUndefined();
    clock.advance(1);
    expect(await roomy(120, 240)).toBeDefined();
  });

  it.each([
    [`from=${at(60)}`, 'until'],
    [`until=${at(60)}`, 'from'],
    [`from=${at(60)}&until=${at(60)}`, 'until'],
    ['from=soon&until=later', 'from'],
    [`from=${at(60)}&until=${at(61 + 365 * 24 * 60)}`, 'until'],
    ['from=0001-01-01T00:00:00Z&until=9999-12-31T00:00:00Z', 'until'],
  ])('cannot be listed with %s', async (query, field) => {
    const response = await scene.driver.get(`/api/user/parking-lots/available?${query}`);
    expectProblem(response, '400 VALIDATION_FAILED');
    expect(response.body.errors[0].field).toBe(field);
  });
});
