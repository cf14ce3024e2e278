import { beforeEach, describe, expect, it } from 'vitest';
import { DAY } from '../../../src/platform/time/durations.js';
import { FixedClock } from '../../support/app/fixed-clock.js';
import { useTestApp } from '../../support/app/test-app.js';
import { createLot, createMember, type TestAccount } from '../../support/data/factories.js';
import { perHour } from '../../support/data/tariffs.js';
import { expectProblem } from '../../support/http/problems.js';

const START = '2026-03-02T04:00:00.000Z';
const TOMORROW = '2026-03-03T04:00:00.000Z';

const clock = new FixedClock(START);
const vpms = useTestApp({ clock, environment: { JWT_EXPIRES_IN: '31536000' } });
let admin: TestAccount;
let driver: TestAccount;
let lotId: number;

beforeEach(async () => {
  clock.set(START);
  [admin, driver] = await Promise.all([createMember(vpms, 'admin'), createMember(vpms)]);
  lotId = (await createLot(vpms)).id;
});

describe('the price of a lot with a tariff', () => {
  const lotOf = async () =>
    (await vpms.as(driver).get('/api/user/parking-lots/available')).body.find(
      ({ id }: { id: number }) => id === lotId,
    );

  it('is the price per hour of its last rate, rounded up to the minor unit', async () => {
    expect(await lotOf()).toMatchObject({ price: 12.5, tariff_id: null });
    const rates = [{ name: 'All', per_minutes: 7, price: 1 }];
    const { body } = await vpms.as(admin).setTariff(lotId, { name: 'Odd', rates });
    // 60 / 7 = 8.571…
    expect(await lotOf()).toMatchObject({ price: 8.58, tariff_id: body.id });
    await vpms.as(admin).endTariff(lotId);
    expect(await lotOf()).toMatchObject({ price: 12.5, tariff_id: null });
  });

  it('changes in lists at the moment at which a pending version begins', async () => {
    await vpms.as(admin).setTariff(lotId, { ...perHour(20), valid_from: TOMORROW });
    clock.advance(DAY - 1);
    expect(await lotOf()).toMatchObject({ price: 12.5 });
    clock.advance(1);
    expect(await lotOf()).toMatchObject({ price: 20 });
  });

  it('may be sent again with a whole form, but not changed', async () => {
    const rates = [{ name: 'Dear', per_minutes: 1, price: 1_000_000 }];
    await vpms.as(admin).setTariff(lotId, { name: 'Dear', rates });
    const form = { prime_location_name: 'Renamed', price: 60_000_000 };
    const saved = await vpms.as(admin).updateLot(lotId, form);
    expect(saved).toMatchObject({ status: 200, body: form });
    const refused = await vpms.as(admin).updateLot(lotId, { prime_location_name: 'No', price: 5 });
    expectProblem(refused, '409 LOT_HAS_TARIFF');
    expect(await lotOf()).toMatchObject(form);
    await vpms.as(admin).endTariff(lotId);
    expect(await lotOf()).toMatchObject({ price: 12.5 });
    expectProblem(await vpms.as(admin).updateLot(lotId, form), '400 VALIDATION_FAILED');
  });
});
