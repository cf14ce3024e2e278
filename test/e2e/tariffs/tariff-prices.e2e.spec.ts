import { describe, expect, it } from 'vitest';
import { DAY } from '../../../src/platform/time/durations.js';
import { at } from '../../support/app/fixed-clock.js';
import { perHour } from '../../support/data/tariffs.js';
import { expectProblem } from '../../support/http/problems.js';
import { ParkingScene } from '../../support/scenes/parking-scene.js';

const TOMORROW = at(24 * 60);

const scene = new ParkingScene();
const { clock } = scene;
const setTariff = (tariff: object) => scene.admin.setTariff(scene.lotId, tariff);

describe('the price of a lot with a tariff', () => {
  const lotOf = async () =>
    (await scene.driver.get('/api/user/parking-lots/available')).body.find(
      ({ id }: { id: number }) => id === scene.lotId,
    );

  it('is the price per hour of its last rate, rounded up to the minor unit', async () => {
    expect(await lotOf()).toMatchObject({ price: 12.5, tariff_id: null });
    const rates = [{ name: 'All', per_minutes: 7, price: 1 }];
    const { body } = await setTariff({ name: 'Odd', rates });
    // 60 / 7 = 8.571…
    expect(await lotOf()).toMatchObject({ price: 8.58, tariff_id: body.id });
    await scene.admin.endTariff(scene.lotId);
    expect(await lotOf()).toMatchObject({ price: 12.5, tariff_id: null });
  });

  it('changes in lists at the moment at which a pending version begins', async () => {
    await setTariff({ ...perHour(20), valid_from: TOMORROW });
    clock.advance(DAY - 1);
    expect(await lotOf()).toMatchObject({ price: 12.5 });
    clock.advance(1);
    expect(await lotOf()).toMatchObject({ price: 20 });
  });

  it('may be sent again with a whole form, but not changed', async () => {
    const rates = [{ name: 'Dear', per_minutes: 1, price: 1_000_000 }];
    await setTariff({ name: 'Dear', rates });
    const form = { prime_location_name: 'Renamed', price: 60_000_000 };
    const saved = await scene.admin.updateLot(scene.lotId, form);
    expect(saved).toMatchObject({ status: 200, body: form });
    const refused = await scene.admin.updateLot(scene.lotId, {
      prime_location_name: 'No',
      price: 5,
    });
    expectProblem(refused, '409 LOT_HAS_TARIFF');
    expect(await lotOf()).toMatchObject(form);
    await scene.admin.endTariff(scene.lotId);
    expect(await lotOf()).toMatchObject({ price: 12.5 });
    expectProblem(await scene.admin.updateLot(scene.lotId, form), '400 VALIDATION_FAILED');
  });
});
