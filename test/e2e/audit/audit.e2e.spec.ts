import { describe, expect, it } from 'vitest';
import { auditRows } from '../../support/data/audit-rows.js';
import { createMember } from '../../support/data/factories.js';
import { finishedRun } from '../../support/app/job-runs.js';
import { expectProblem } from '../../support/http/problems.js';
import { queryDatabase } from '../../support/data/test-database.js';
import {
  account,
  AuditedRequests,
  by,
  NEW_LOT,
  NOW,
  row,
} from '../../support/scenes/audited-requests.js';

const LOTS = '/api/admin/parking-lots';
/** The values of {@link NEW_LOT} in the domain, with the price in minor units. */
const VALUES = {
  name: 'Connaught Place',
  address: 'Block C, New Delhi',
  pinCode: '110001',
  pricePerHour: 4_050,
  numberOfSpots: 3,
  timeZone: null,
  latitude: null,
  longitude: null,
};

describe('the audit log', () => {
  const requests = new AuditedRequests();
  const { vpms, asAdmin } = requests;

  const lot = (id: number) => ({ target_type: 'lot', target_id: String(id) });

  describe('entries of an admin', () => {
    it('contain the account that the first start creates', async () => {
      const [first] = await auditRows(vpms);
      const after = { username: 'Chief', email: 'admin@vpms.local', role: 'admin' };
      expect(first).toEqual({
        ...row('', { action: 'account.created', ...account(1), after }),
        client_address: null,
        request_id: null,
      });
    });

    it('contain the creation of a lot', async () => {
      const { response, requestId, rows } = await asAdmin('POST', LOTS, NEW_LOT);
      const target = lot(response.body.id);
      const action = 'lot.created';
      expect(rows).toEqual([
        row(requestId, { action, ...by(requests.admin), ...target, after: VALUES }),
      ]);
    });

    it.each([
      [{ price: 55 }, { pricePerHour: 4_050 }, { pricePerHour: 5_500 }],
      [{ number_of_spots: 7 }, { numberOfSpots: 3 }, { numberOfSpots: 7 }],
      [
        { prime_location_name: 'New', address: 'There', pin_code: '110001' },
        { name: 'Connaught Place', address: 'Block C, New Delhi' },
        { name: 'New', address: 'There' },
      ],
    ])(
      'contain the fields that differ when a lot is changed by %j',
      async (body, before, after) => {
        const created = await asAdmin('POST', LOTS, NEW_LOT);
        const id = Number(created.response.body.id);
        const { requestId, rows } = await asAdmin('PUT', `${LOTS}/${id}`, body);
        const action = 'lot.updated';
        expect(rows).toEqual([
          row(requestId, { action, ...by(requests.admin), ...lot(id), before, after }),
        ]);
      },
    );

    it('contain no change of a lot to its own values', async () => {
      const created = await asAdmin('POST', LOTS, NEW_LOT);
      const { rows } = await asAdmin('PUT', `${LOTS}/${created.response.body.id}`, NEW_LOT);
      expect(rows).toEqual([]);
    });

    it('contain the deletion of a lot', async () => {
      const created = await asAdmin('POST', LOTS, NEW_LOT);
      const id = Number(created.response.body.id);
      const { requestId, rows } = await asAdmin('DELETE', `${LOTS}/${id}`);
      const action = 'lot.deleted';
      expect(rows).toEqual([
        row(requestId, { action, ...by(requests.admin), ...lot(id), before: VALUES }),
      ]);
    });

    it('contain the start of a job, but not a request for a running or completed one', async () => {
      const path = '/api/admin/jobs/daily-reminders/run';
      const period = NOW.slice(0, 10);
      const { response, requestId, rows } = await asAdmin('POST', path, { period });
      const id = Number(response.body.id);
      const after = { name: 'daily-reminders', period, status: 'running' };
      const started = {
        action: 'job.started',
        ...by(requests.admin),
        target_type: 'job',
        target_id: String(id),
      };
      expect(rows).toEqual([row(requestId, { ...started, after })]);
      await finishedRun(vpms.http, requests.admin.token, id);
      const again = await asAdmin('POST', path, { period });
      expectProblem(again.response, '409 PERIOD_COMPLETED');
      expect(again.rows).toEqual([]);

      const set = (status: string) =>
        queryDatabase(
          vpms.dataDirectory,
          `UPDATE job_runs SET status = '${status}' WHERE id = ${id}`,
        );
      await set('running');
      expect(await asAdmin('POST', path, { period })).toMatchObject({
        response: { status: 202 },
        rows: [],
      });
      // The request continues the run.
      await finishedRun(vpms.http, requests.admin.token, id);
      await set('failed');
      const taken = await asAdmin('POST', path, { period });
      expect(taken.rows).toEqual([
        row(taken.requestId, { ...started, before: { status: 'failed' }, after }),
      ]);
    });

    it('contain that an operator has viewed a driver', async () => {
      const driver = await createMember(vpms);
      const path = `/api/admin/users/${driver.id}`;
      const { response, requestId, rows } = await asAdmin('GET', path);
      expect(response.status).toBe(200);
      const fields = { action: 'account.viewed', ...by(requests.admin), ...account(driver.id) };
      expect(rows).toEqual([row(requestId, fields)]);
      expect((await asAdmin('GET', '/api/admin/users')).rows).toEqual([]);
    });
  });
});
