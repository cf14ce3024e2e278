import { describe, expect, it } from 'vitest';
import { DAY } from '../../../src/platform/time/durations.js';
import { expectStatus, usePlanRows } from '../../support/checks/plan-rows.js';
import { createLot, createMember } from '../../support/data/factories.js';
import { CITY_CENTRE, perHour } from '../../support/data/tariffs.js';

const plans = usePlanRows();
const { vpms, expectNoScan } = plans;

describe('statements of operators that use indexes only', () => {
  it('set, replace, list and end a tariff', async () => {
    const { id } = await createLot(vpms);
    const tomorrow = new Date(Date.now() + DAY).toISOString();
    const later = { ...perHour(5), valid_from: tomorrow };
    await expectNoScan(async () => {
      await expectStatus(200, vpms.as(plans.rows.admin).setTariff(id, CITY_CENTRE));
      await expectStatus(200, vpms.as(plans.rows.admin).setTariff(id, later));
      await expectStatus(200, vpms.as(plans.rows.admin).setTariff(id, perHour(2)));
      await expectStatus(200, vpms.as(plans.rows.admin).tariffs(id));
      await expectStatus(204, vpms.as(plans.rows.admin).endTariff(id));
    });
  });

  it.each([
    '/api/admin/parking-lots',
    '/api/admin/parking-lots/1/spots',
    '/api/admin/users',
    '/api/admin/users?search=driver',
    '/api/admin/users/10001',
    '/api/admin/admins',
    '/api/admin/jobs',
  ])('serve an admin at GET %s', async (path) => {
    await expectNoScan((http) =>
      expectStatus(200, http.get(path, { token: plans.rows.admin.token })),
    );
  });

  it('create, change and disable a driver, and issue a link', async () => {
    const { token } = plans.rows.admin;
    const body = { username: 'planned', email: 'planned@example.com' };
    const path = '/api/admin/users';
    await expectNoScan(async (http) => {
      const { body: made } = await expectStatus(201, http.post(path, { token, body }));
      const change = { disabled: true, email: 'changed@example.com' };
      const patch = http.request('PATCH', `${path}/${made.id}`, { token, body: change });
      await expectStatus(200, patch);
      await expectStatus(200, http.post(`${path}/${made.id}/reset-password`, { token }));
    });
  });

  it('disable an operator', async () => {
    const { id } = await createMember(vpms, 'admin');
    const options = { token: plans.rows.admin.token, body: { disabled: true } };
    await expectNoScan((http) =>
      expectStatus(200, http.request('PATCH', `/api/admin/admins/${id}`, options)),
    );
  });

  it.each([
    '',
    '?lot_id=1',
    '?user_id=1',
    '?vehicle_number=PLAN1',
    '?status=reserved,held',
    '?status=completed',
    '?status=at_risk',
    '?from=2026-01-01T00:00:00Z',
  ])('list bookings for operators with the filter %j', async (query) => {
    const path = `/api/admin/bookings${query}`;
    await expectNoScan((http) =>
      expectStatus(200, http.get(path, { token: plans.rows.admin.token })),
    );
  });

  it.each(['', '?gate_id=1', '?plate=PLAN1', '?action=refuse', '?gate_id=1&plate=PLAN1'])(
    'list events at gates with the filter %j',
    async (query) => {
      const path = `/api/admin/gate-events${query}`;
      await expectNoScan((http) =>
        expectStatus(200, http.get(path, { token: plans.rows.admin.token })),
      );
    },
  );

  it('add, change, list and delete gates', async () => {
    const { token } = plans.rows.admin;
    const body = { lot_id: plans.rows.lotId, name: 'North', direction: 'in' };
    await expectNoScan(async (http) => {
      const { body: gate } = await expectStatus(
        201,
        http.post('/api/admin/gates', { token, body }),
      );
      const path = `/api/admin/gates/${gate.id}`;
      await expectStatus(200, http.request('PATCH', path, { token, body: { name: 'South' } }));
      await expectStatus(201, http.post(`${path}/key`, { token }));
      await expectStatus(200, http.get('/api/admin/gates', { token }));
      await expectStatus(204, http.delete(path, { token }));
    });
  });

  it('change and delete a lot', async () => {
    const { id } = await createLot(vpms);
    const path = `/api/admin/parking-lots/${id}`;
    const { token } = plans.rows.admin;
    await expectNoScan(async (http) => {
      await expectStatus(200, http.put(path, { token, body: { number_of_spots: 3 } }));
      await expectStatus(200, http.put(path, { token, body: { number_of_spots: 30 } }));
      await expectStatus(200, http.delete(path, { token }));
    });
  });
});

describe('statements that scan an index', () => {
  const inGet = async (path: string): Promise<readonly string[]> => {
    const { token } = plans.rows.admin;
    return (await plans.plansOf((http) => expectStatus(200, http.get(path, { token })))).scans;
  };

  it.each([
    ['/api/admin/recent-activity', 'reservations by reservations_events'],
    ['/api/admin/audit-log', 'audit_log by audit_log_by_time'],
  ])('stop at the limit, because the index is in order: GET %s', async (path, scan) => {
    expect(await inGet(path)).toEqual([scan]);
  });

  it("read at most one row per driver for the admin's statistics, and no reservations", async () => {
    expect(await inGet('/api/admin/stats')).toEqual([
      expect.stringMatching(/^driver_totals/),
      expect.stringMatching(/^reservations by reservations_active/),
    ]);
  });
});
