import { describe, expect, it } from 'vitest';
import { exportCsv, requestExport, waitForExport } from '../../support/scenes/exports.js';
import { useTestApp } from '../../support/app/test-app.js';
import { auditRows } from '../../support/data/audit-rows.js';
import { createLot, createMember } from '../../support/data/factories.js';
import { countRows } from '../../support/data/test-database.js';
import { expectProblem } from '../../support/http/problems.js';

describe('the limit of exports', () => {
  const vpms = useTestApp({ environment: { RATE_LIMIT_ENABLED: 'true' } });

  it('refuses the eleventh new export of an account within an hour', async () => {
    const lot = await createLot(vpms);
    const [driver, other] = [await createMember(vpms), await createMember(vpms)];
    for (let made = 0; made < 10; made += 1) {
      await vpms.as(driver).stay(lot.id);
      await exportCsv(vpms.http, driver.token);
      // This request does not count: nothing has changed.
      await requestExport(vpms.http, driver.token);
    }
    const again = await requestExport(vpms.http, driver.token);
    await waitForExport(again, 'completed');
    await vpms.as(driver).stay(lot.id);
    for (let time = 0; time < 2; time += 1) {
      const refused = await vpms.as(driver).requestExport();
      expectProblem(refused, '429 RATE_LIMITED');
      expect(refused.body.message).toMatch(/^Too many exports; try again in \d+ minutes\.$/);
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(3_000);
    }
    const { token } = driver;
    expectProblem(await vpms.http.get('/api/user/export-csv', { token }), '429 RATE_LIMITED');
    const hits = (await auditRows(vpms)).filter(
      (row) => row.action === 'limit.hit' && row.target_id === 'exports-of-account',
    );
    expect(hits).toHaveLength(1);

    await exportCsv(vpms.http, other.token);
    expect((await vpms.http.get('/api/auth/me', { token })).status).toBe(200);
  });

  it('counts concurrent requests once, and refuses none of them', async () => {
    const lot = await createLot(vpms);
    const driver = await createMember(vpms);
    const requestAtOnce = async (count: number) => {
      await vpms.as(driver).stay(lot.id);
      const requests = Array.from({ length: count }, () => vpms.as(driver).requestExport());
      const responses = await Promise.all(requests);
      expect(responses.map(({ status }) => status)).toEqual(Array(count).fill(202));
      const ids = new Set(responses.map(({ body }) => body.task_id));
      expect(ids.size).toBe(1);
      for (const id of ids) await waitForExport({ ...driver, http: vpms.http, id }, 'completed');
    };
    const hits = `action = 'limit.hit' AND actor_id = ${driver.id}`;
    for (let made = 0; made < 9; made += 1) await requestAtOnce(made === 0 ? 16 : 1);
    await requestAtOnce(3);
    expect(await countRows(vpms.dataDirectory, 'audit_log', hits)).toBe(0);
    await vpms.as(driver).stay(lot.id);
    for (let time = 0; time < 3; time += 1) {
      expectProblem(await vpms.as(driver).requestExport(), '429 RATE_LIMITED');
    }
    expect(await countRows(vpms.dataDirectory, 'audit_log', hits)).toBe(1);
  });
});
