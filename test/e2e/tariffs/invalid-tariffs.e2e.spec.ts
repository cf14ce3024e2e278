import { beforeAll, describe, expect, it } from 'vitest';
import { useTestApp } from '../../support/app/test-app.js';
import { createMember, type TestAccount } from '../../support/data/factories.js';
import { expectProblem } from '../../support/http/problems.js';
import { CITY_CENTRE } from '../../support/data/tariffs.js';
import { type InvalidTariff } from '../../support/tariffs/changed-tariffs.js';
import { INVALID_RATES } from '../../support/tariffs/invalid-rates.js';
import { INVALID_TARIFFS } from '../../support/tariffs/invalid-tariffs.js';

const STAYS = [{ from: '2026-03-02T09:00:00Z', until: '2026-03-02T10:00:00Z' }];

function casesOf(table: readonly InvalidTariff[]) {
  return table.map(([fault, tariff, ...paths]) => ({
    fault,
    tariff,
    paths: paths.map((path) => `tariff.${path}`),
  }));
}

describe('a tariff is refused', () => {
  const vpms = useTestApp({ environment: { CURRENCY: 'INR' } });
  let admin: TestAccount;

  beforeAll(async () => {
    admin = await createMember(vpms, 'admin');
  });

  const preview = (tariff: unknown) =>
    vpms.http.post('/api/admin/tariffs/preview', {
      token: admin.token,
      body: { tariff, stays: STAYS },
    });
  const expectRefused = async (tariff: unknown, paths: readonly string[]) => {
    const response = await preview(tariff);
    expectProblem(response, '400 VALIDATION_FAILED', paths);
    for (const { field, message } of response.body.errors) {
      expect(message.startsWith(`${field} `), message).toBe(true);
      expect(message.length).toBeLessThan(150);
    }
  };

  it('only if it is invalid', async () => {
    expect((await preview(CITY_CENTRE)).status).toBe(200);
  });

  it.each(casesOf(INVALID_TARIFFS))('if it has $fault', async ({ tariff, paths }) => {
    await expectRefused(tariff, paths);
  });

  it.each(casesOf(INVALID_RATES))('if one of its rates has $fault', async ({ tariff, paths }) => {
    await expectRefused(tariff, paths);
  });

  it.each([[null], [5], ['x'], [[]], [[{ name: 'x' }]], [true]])('if it is %j', async (tariff) => {
    await expectRefused(tariff, ['tariff']);
  });
});
