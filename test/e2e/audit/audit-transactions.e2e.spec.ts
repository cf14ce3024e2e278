import { describe, expect, it } from 'vitest';
import { recordAudit } from '../../../src/platform/audit/audit.js';
import { TransactionRunner } from '../../../src/platform/database/transaction-runner.js';
import { auditRows } from '../../support/data/audit-rows.js';
import {
  createLot,
  createMember,
  ADMIN_PRINCIPAL,
  PASSWORD,
} from '../../support/data/factories.js';
import { expectProblem } from '../../support/http/problems.js';
import { countRows, ON_POSTGRES, queryDatabase } from '../../support/data/test-database.js';
import { AuditedRequests, NEW_LOT, NOW } from '../../support/scenes/audited-requests.js';

const LOTS = '/api/admin/parking-lots';
const CHANGE = '/api/auth/change-password';

const INSERT_FIRST = `INSERT INTO audit_log (id, recorded_at, action, target_type)
  VALUES (1, 0, 'forged', 'lot')`;

describe('the audit log', () => {
  const requests = new AuditedRequests();
  const { vpms, asAdmin } = requests;

  describe('requests without effect', () => {
    it('leave no entry', async () => {
      const { id } = await createLot(vpms, { numberOfSpots: 2 });
      const driver = await createMember(vpms);
      await vpms.as(driver).book(id);
      const parked = await createMember(vpms);
      await vpms.as(parked).book(id);
      for (const [method, path, body, status] of [
        ['PUT', `${LOTS}/${id}`, {}, 200],
        ['PUT', `${LOTS}/${id}`, { price: -1 }, 400],
        ['PUT', `${LOTS}/${id}`, { number_of_spots: 1, price: 1 }, 409],
        ['PUT', `${LOTS}/404404`, NEW_LOT, 404],
        ['DELETE', `${LOTS}/${id}`, undefined, 409],
        ['DELETE', `${LOTS}/404404`, undefined, 404],
        ['POST', LOTS, { ...NEW_LOT, price: 'free' }, 400],
        ['POST', '/api/admin/jobs/monthly-reports/run', { period: '2027-01' }, 400],
        ['POST', '/api/admin/jobs/none/run', undefined, 404],
        ['GET', '/api/admin/users/404404', undefined, 404],
        ['GET', `/api/admin/users/${requests.admin.id}`, undefined, 404],
      ] as const) {
        const { response, rows } = await asAdmin(method, path, body);
        expect(response.status).toBe(status);
        expect(rows).toEqual([]);
      }
    });
  });

  describe('the entry and its change', () => {
    /** Calls `act` while the audit table is renamed, so that its rows cannot be written. */
    async function withoutLog(act: () => Promise<void>): Promise<void> {
      await queryDatabase(vpms.dataDirectory, 'ALTER TABLE audit_log RENAME TO audit_log_away');
      try {
        await act();
      } finally {
        await queryDatabase(vpms.dataDirectory, 'ALTER TABLE audit_log_away RENAME TO audit_log');
      }
    }

    it('roll back together if the entry cannot be written', async () => {
      const { id } = await createLot(vpms, { name: 'Kept' });
      const driver = await createMember(vpms);
      const session = await createMember(vpms, 'admin');
      const everything = async () => ({
        lots: await queryDatabase(vpms.dataDirectory, 'SELECT * FROM lots ORDER BY id'),
        spots: await countRows(vpms.dataDirectory, 'spots', 'retired_at IS NULL'),
        // The scheduler may start runs of other periods at any time.
        runs: await countRows(vpms.dataDirectory, 'job_runs', "period = '2026-01'"),
        sessions: await countRows(vpms.dataDirectory, 'sessions'),
        passwords: await queryDatabase(
          vpms.dataDirectory,
          'SELECT id, password_hash, updated_at FROM accounts ORDER BY id',
        ),
      });
      const before = await everything();
      const logged = (await auditRows(vpms)).length;
      const { token } = requests.admin;
      await withoutLog(async () => {
        const body = { username: session.username, password: PASSWORD };
        const change = { current_password: PASSWORD, new_password: 'another password' };
        const run = { token, body: { period: '2026-01' } };
        for (const response of [
          await vpms.http.post(LOTS, { token, body: NEW_LOT }),
          await vpms.http.put(`${LOTS}/${id}`, { token, body: { price: 1, number_of_spots: 3 } }),
          await vpms.http.delete(`${LOTS}/${id}`, { token }),
          await vpms.http.post('/api/admin/jobs/monthly-reports/run', run),
          await vpms.http.post('/api/admin/login', { body }),
          await vpms.http.post(CHANGE, { token: driver.token, body: change }),
        ]) {
          expectProblem(response, '500 INTERNAL_ERROR');
        }
        expect(await everything()).toEqual(before);
      });
      expect(await auditRows(vpms)).toHaveLength(logged);
      expect((await asAdmin('DELETE', `${LOTS}/${id}`)).rows).toHaveLength(1);
    });

    it('roll back together if the change fails', async () => {
      const logged = (await auditRows(vpms)).length;
      const failing = vpms.app.get(TransactionRunner).run(async (tx) => {
        const at = new Date(NOW);
        await recordAudit(tx, { at, by: ADMIN_PRINCIPAL, action: 'lot.deleted', targetId: 1 });
        await tx.sql`INSERT INTO lots (name) VALUES (NULL)`;
      });
      await expect(failing).rejects.toThrow(/NOT NULL|not-null/);
      expect(await auditRows(vpms)).toHaveLength(logged);
    });

    it('keep the same order when 20 changes are concurrent', async () => {
      const { id } = await createLot(vpms, { pricePerHour: 100 });
      const prices = Array.from({ length: 20 }, (_, index) => index + 2);
      const { token } = requests.admin;
      const responses = await Promise.all(
        prices.map((price) => vpms.http.put(`${LOTS}/${id}`, { token, body: { price } })),
      );
      expect(responses.map(({ status }) => status)).toEqual(prices.map(() => 200));
      const changes = (await auditRows(vpms)).filter(
        ({ action, target_id: target }) => action === 'lot.updated' && target === String(id),
      );
      expect(changes).toHaveLength(20);
      const reached = changes.map(({ after }) => after);
      expect(changes.map(({ before }) => before)).toEqual([
        { pricePerHour: 100 },
        ...reached.slice(0, -1),
      ]);
      const [present] = await queryDatabase(
        vpms.dataDirectory,
        `SELECT price_per_hour AS "pricePerHour" FROM lots WHERE id = ${id}`,
      );
      expect(reached.at(-1)).toEqual(present);
    });
  });

  describe('a stored entry', () => {
    it.each([
      `UPDATE audit_log SET actor_name = 'somebody else'`,
      `UPDATE audit_log SET values_after = NULL WHERE id = 1`,
      `DELETE FROM audit_log`,
      `DELETE FROM audit_log WHERE id = 1`,
      ...(ON_POSTGRES
        ? [
            'TRUNCATE audit_log',
            'TRUNCATE audit_log CASCADE',
            `${INSERT_FIRST} ON CONFLICT (id) DO UPDATE SET action = 'forged'`,
            `SET session_replication_role = replica; DELETE FROM audit_log`,
            `MERGE INTO audit_log USING (VALUES (1)) AS v (id) ON audit_log.id = v.id
              WHEN MATCHED THEN DELETE`,
          ]
        : [
            INSERT_FIRST.replace('INSERT', 'INSERT OR REPLACE'),
            INSERT_FIRST.replace('INSERT', 'REPLACE'),
            `${INSERT_FIRST} ON CONFLICT (id) DO UPDATE SET action = 'forged'`,
            `UPDATE OR REPLACE audit_log SET id = 1 WHERE id = 2`,
            `UPDATE OR IGNORE audit_log SET action = 'forged'`,
            INSERT_FIRST.replace('INSERT', 'INSERT OR IGNORE'),
          ]),
    ])('cannot be changed by %s', async (statement) => {
      const before = await auditRows(vpms);
      await expect(queryDatabase(vpms.dataDirectory, statement)).rejects.toThrow(
        'audit_log only takes new rows',
      );
      expect(await auditRows(vpms)).toEqual(before);
    });
  });
});
