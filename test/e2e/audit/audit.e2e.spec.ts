import { beforeAll, describe, expect, it } from 'vitest';
import { Account } from '../../../src/auth/accounts/account.entity.js';
import { AccountLinks } from '../../../src/auth/links/account-links.js';
import { Unsubscriptions } from '../../../src/auth/links/unsubscriptions.js';
import { ReadDatabase } from '../../../src/platform/database/read-database.js';
import { recordAudit } from '../../../src/platform/audit/audit.js';
import { TransactionRunner } from '../../../src/platform/database/transaction-runner.js';
import { type AuditRow, auditRows } from '../../support/data/audit-rows.js';
import {
  createLot,
  createMember,
  type TestAccount,
  ADMIN_PRINCIPAL,
  PASSWORD,
} from '../../support/data/factories.js';
import { FixedClock } from '../../support/app/fixed-clock.js';
import { finishedRun } from '../../support/app/job-runs.js';
import { expectProblem } from '../../support/http/problems.js';
import { useTestApp } from '../../support/app/test-app.js';
import { countRows, ON_POSTGRES, queryDatabase } from '../../support/data/test-database.js';

const NOW = '2026-03-01T09:30:00.000Z';
const LOTS = '/api/admin/parking-lots';
const CHANGE = '/api/auth/change-password';
const LOT = {
  prime_location_name: 'Connaught Place',
  address: 'Block C, New Delhi',
  pin_code: '110001',
  price: 40.5,
  number_of_spots: 3,
};
/** The same values in the domain: the price in minor units. */
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

const INSERT_FIRST = `INSERT INTO audit_log (id, recorded_at, action, target_type)
  VALUES (1, 0, 'forged', 'lot')`;

describe('the audit log', () => {
  const environment = { TIMEZONE: 'UTC', CURRENCY: 'INR', ADMIN_USERNAME: 'Chief' };
  const vpms = useTestApp({ clock: new FixedClock(NOW), environment });
  let admin: TestAccount;
  let requests = 0;

  beforeAll(async () => {
    admin = await createMember(vpms, 'admin');
  });

  /** Sends a request with a unique id and returns the entries that it added. */
  async function audited(
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    path: string,
    { token, body }: { readonly token?: string; readonly body?: unknown },
  ) {
    requests += 1;
    const requestId = `request-${requests}`;
    const earlier = (await auditRows(vpms)).length;
    const headers = { 'x-request-id': requestId };
    const response = await vpms.http.request(method, path, { token, body, headers });
    return { response, requestId, rows: (await auditRows(vpms)).slice(earlier) };
  }

  const asAdmin = (method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown) =>
    audited(method, path, { token: admin.token, body });
  const login = (role: string, username: string, password: string) =>
    audited('POST', `/api/${role}/login`, { body: { username, password } });

  /** A complete row; fields that are not given are null. */
  const row = (requestId: string, fields: Partial<AuditRow>) => ({
    id: expect.any(Number) as number,
    recorded_at: Date.parse(NOW),
    actor_id: null,
    actor_name: null,
    client_address: '127.0.0.1',
    request_id: requestId,
    target_id: null,
    before: null,
    after: null,
    ...fields,
  });
  const by = ({ id, username }: TestAccount) => ({ actor_id: id, actor_name: username });
  const account = (id: number) => ({ target_type: 'account', target_id: String(id) });
  const lot = (id: number) => ({ target_type: 'lot', target_id: String(id) });

  describe('records of an admin', () => {
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
      const { response, requestId, rows } = await asAdmin('POST', LOTS, LOT);
      const target = lot(response.body.id);
      const action = 'lot.created';
      expect(rows).toEqual([row(requestId, { action, ...by(admin), ...target, after: VALUES })]);
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
        const created = await asAdmin('POST', LOTS, LOT);
        const id = Number(created.response.body.id);
        const { requestId, rows } = await asAdmin('PUT', `${LOTS}/${id}`, body);
        const action = 'lot.updated';
        expect(rows).toEqual([row(requestId, { action, ...by(admin), ...lot(id), before, after })]);
      },
    );

    it('contain no change of a lot to its own values', async () => {
      const created = await asAdmin('POST', LOTS, LOT);
      const { rows } = await asAdmin('PUT', `${LOTS}/${created.response.body.id}`, LOT);
      expect(rows).toEqual([]);
    });

    it('contain the deletion of a lot', async () => {
      const created = await asAdmin('POST', LOTS, LOT);
      const id = Number(created.response.body.id);
      const { requestId, rows } = await asAdmin('DELETE', `${LOTS}/${id}`);
      const action = 'lot.deleted';
      expect(rows).toEqual([row(requestId, { action, ...by(admin), ...lot(id), before: VALUES })]);
    });

    it('contain the start of a job, but not a request for a running or completed one', async () => {
      const path = '/api/admin/jobs/daily-reminders/run';
      const period = NOW.slice(0, 10);
      const { response, requestId, rows } = await asAdmin('POST', path, { period });
      const id = Number(response.body.id);
      const after = { name: 'daily-reminders', period, status: 'running' };
      const started = {
        action: 'job.started',
        ...by(admin),
        target_type: 'job',
        target_id: String(id),
      };
      expect(rows).toEqual([row(requestId, { ...started, after })]);
      await finishedRun(vpms.http, admin.token, id);
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
      // That request makes it continue.
      await finishedRun(vpms.http, admin.token, id);
      await set('failed');
      const taken = await asAdmin('POST', path, { period });
      expect(taken.rows).toEqual([
        row(taken.requestId, { ...started, before: { status: 'failed' }, after }),
      ]);
    });

    it('contain that an operator has seen a driver', async () => {
      const driver = await createMember(vpms);
      const path = `/api/admin/users/${driver.id}`;
      const { response, requestId, rows } = await asAdmin('GET', path);
      expect(response.status).toBe(200);
      const fields = { action: 'account.viewed', ...by(admin), ...account(driver.id) };
      expect(rows).toEqual([row(requestId, fields)]);
      expect((await asAdmin('GET', '/api/admin/users')).rows).toEqual([]);
    });
  });

  describe('records of every account', () => {
    it.each(['user', 'admin'] as const)('contain logins and logouts: %s', async (role) => {
      const member = await createMember(vpms, role);
      const fields = { ...by(member), ...account(member.id) };
      const { response, requestId, rows } = await login(role, member.username, PASSWORD);
      expect(response.status).toBe(200);
      expect(rows).toEqual([row(requestId, { action: 'login.succeeded', ...fields })]);
      const { token } = response.body;
      const sessions = (await vpms.http.get('/api/auth/sessions', { token })).body;
      const { id } = sessions.find(({ current }: { current: boolean }) => current);
      const out = await audited('POST', '/api/auth/logout', { token });
      expect(out.response.status).toBe(204);
      expect(out.rows).toEqual([
        row(out.requestId, { action: 'logout', ...fields, before: { sessions: [id] } }),
      ]);
    });

    it('contain one logout if several requests log out at once', async () => {
      const { token } = await createMember(vpms);
      const earlier = (await auditRows(vpms)).length;
      await Promise.all(
        Array.from({ length: 5 }, () => vpms.http.post('/api/auth/logout', { token })),
      );
      expect(await auditRows(vpms)).toHaveLength(earlier + 1);
    });

    it('contain a failed login with the account that was tried, case-insensitively', async () => {
      const driver = await createMember(vpms);
      const failures: [TestAccount, string, string, string][] = [
        [driver, 'user', driver.username, 'wrong password'],
        [driver, 'user', driver.username.toUpperCase(), 'wrong password'],
        [driver, 'admin', driver.username, PASSWORD],
        [admin, 'admin', admin.username, 'wrong password'],
        [admin, 'user', admin.username, PASSWORD],
      ];
      for (const [member, role, username, password] of failures) {
        const { response, requestId, rows } = await login(role, username, password);
        expectProblem(response, '401 CREDENTIALS_WRONG');
        const fields = { actor_name: member.username, ...account(member.id) };
        expect(rows).toEqual([row(requestId, { action: 'login.failed', ...fields })]);
      }
    });

    it.each(['unknown.name', 'a password, typed too early', '\0', '\u{1f17f}\ufe0f', ''])(
      'contain a failed login as the unknown %j without that name',
      async (username) => {
        const { response, requestId, rows } = await login('admin', username, 'wrong password');
        expectProblem(response, '401 CREDENTIALS_WRONG');
        const fields = { action: 'login.failed', target_type: 'account' };
        expect(rows).toEqual([row(requestId, fields)]);
      },
    );

    it.each(['user', 'admin'] as const)(
      'contain successful and refused password changes: %s',
      async (role) => {
        const member = await createMember(vpms, role);
        const { token } = member;
        const change = (current: string) => {
          const body = { current_password: current, new_password: 'another password' };
          return audited('POST', CHANGE, { token, body });
        };
        const fields = { ...by(member), ...account(member.id) };
        const refused = await change('wrong password');
        expectProblem(refused.response, '400 CURRENT_PASSWORD_WRONG');
        expect(refused.rows).toEqual([
          row(refused.requestId, { action: 'password.change-refused', ...fields }),
        ]);
        const changed = await change(PASSWORD);
        expect(changed.response.status).toBe(204);
        expect(changed.rows).toEqual([
          row(changed.requestId, { action: 'password.changed', ...fields }),
        ]);
      },
    );
  });

  describe('records of drivers', () => {
    const userOf = ({ body }: { readonly body: { readonly user: { readonly id: number } } }) =>
      body.user.id;
    const tokenIn = (url: string) => new URL(url).searchParams.get('token');

    it('contain a registration', async () => {
      const person = { username: 'newcomer', email: 'newcomer@example.com' };
      const body = { ...person, password: PASSWORD };
      const { response, requestId, rows } = await audited('POST', '/api/user/register', { body });
      expect(response.status).toBe(201);
      const id = userOf(response);
      const fields = { ...by({ id, username: person.username, token: '' }), ...account(id) };
      expect(rows).toEqual([row(requestId, { action: 'account.registered', ...fields })]);
    });

    it('contain a new password by a link, but not a link that cannot be used', async () => {
      const driver = await createMember(vpms);
      const issued = await asAdmin('POST', `/api/admin/users/${driver.id}/reset-password`);
      const body = { token: tokenIn(issued.response.body.reset_url), new_password: 'by a link' };
      const reset = () => audited('POST', '/api/auth/reset-password', { body });
      const { response, requestId, rows } = await reset();
      expect(response.status).toBe(204);
      const fields = { ...by(driver), ...account(driver.id) };
      expect(rows).toEqual([row(requestId, { action: 'password.reset', ...fields })]);
      expect((await reset()).rows).toEqual([]);
    });

    it('contain a confirmed e-mail', async () => {
      const driver = await createMember(vpms);
      const owner = await vpms.app.get(ReadDatabase).getRepository(Account).findOneByOrFail({
        id: driver.id,
      });
      const link = { purpose: 'confirm', lifetime: 1_000 } as const;
      const { url } = await vpms.app
        .get(TransactionRunner)
        .run((tx) => vpms.app.get(AccountLinks).issue(tx, owner, link));
      const path = `/confirm?token=${tokenIn(url?.reveal() ?? '')}`;
      const { response, requestId, rows } = await audited('POST', path, {});
      expect(response.status).toBe(200);
      const fields = { ...by(driver), ...account(driver.id) };
      expect(rows).toEqual([row(requestId, { action: 'email.confirmed', ...fields })]);
    });

    it('contain the end of reminders once', async () => {
      const driver = await createMember(vpms);
      const emailKey = `${driver.username}@example.com`;
      const { search } = new URL(vpms.app.get(Unsubscriptions).urlFor({ id: driver.id, emailKey }));
      const end = () => audited('POST', `/unsubscribe${search}`, {});
      const { response, requestId, rows } = await end();
      expect(response.status).toBe(200);
      const fields = { ...by(driver), ...account(driver.id) };
      expect(rows).toEqual([row(requestId, { action: 'reminders.ended', ...fields })]);
      expect((await end()).rows).toEqual([]);
    });
  });

  describe('requests without effect', () => {
    it('leave no record', async () => {
      const { id } = await createLot(vpms, { numberOfSpots: 2 });
      const driver = await createMember(vpms);
      await vpms.as(driver).book(id);
      const parked = await createMember(vpms);
      await vpms.as(parked).book(id);
      for (const [method, path, body, status] of [
        ['PUT', `${LOTS}/${id}`, {}, 200],
        ['PUT', `${LOTS}/${id}`, { price: -1 }, 400],
        ['PUT', `${LOTS}/${id}`, { number_of_spots: 1, price: 1 }, 409],
        ['PUT', `${LOTS}/404404`, LOT, 404],
        ['DELETE', `${LOTS}/${id}`, undefined, 409],
        ['DELETE', `${LOTS}/404404`, undefined, 404],
        ['POST', LOTS, { ...LOT, price: 'free' }, 400],
        ['POST', '/api/admin/jobs/monthly-reports/run', { period: '2027-01' }, 400],
        ['POST', '/api/admin/jobs/none/run', undefined, 404],
        ['GET', '/api/admin/users/404404', undefined, 404],
        ['GET', `/api/admin/users/${admin.id}`, undefined, 404],
      ] as const) {
        const { response, rows } = await asAdmin(method, path, body);
        expect(response.status).toBe(status);
        expect(rows).toEqual([]);
      }
    });
  });

  describe('the record and its change', () => {
    /** Another program renames the table, so that its rows cannot be written. */
    async function withoutLog(act: () => Promise<void>): Promise<void> {
      await queryDatabase(vpms.dataDirectory, 'ALTER TABLE audit_log RENAME TO audit_log_away');
      try {
        await act();
      } finally {
        await queryDatabase(vpms.dataDirectory, 'ALTER TABLE audit_log_away RENAME TO audit_log');
      }
    }

    it('roll back together if the record cannot be written', async () => {
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
      const { token } = admin;
      await withoutLog(async () => {
        const body = { username: session.username, password: PASSWORD };
        const change = { current_password: PASSWORD, new_password: 'another password' };
        const run = { token, body: { period: '2026-01' } };
        for (const response of [
          await vpms.http.post(LOTS, { token, body: LOT }),
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

    it('follow each other without a gap for 20 concurrent changes', async () => {
      const { id } = await createLot(vpms, { pricePerHour: 100 });
      const prices = Array.from({ length: 20 }, (_, index) => index + 2);
      const { token } = admin;
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

  describe('a stored record', () => {
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
