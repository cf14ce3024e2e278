import { describe, expect, it } from 'vitest';
import { Account } from '../../../src/auth/accounts/account.entity.js';
import { AccountLinks } from '../../../src/auth/links/account-links.js';
import { Unsubscriptions } from '../../../src/auth/links/unsubscriptions.js';
import { ReadDatabase } from '../../../src/platform/database/read-database.js';
import { TransactionRunner } from '../../../src/platform/database/transaction-runner.js';
import { auditRows } from '../../support/data/audit-rows.js';
import { createMember, type TestAccount, PASSWORD } from '../../support/data/factories.js';
import { expectProblem } from '../../support/http/problems.js';
import { account, AuditedRequests, by, row } from '../../support/scenes/audited-requests.js';

const CHANGE = '/api/auth/change-password';

describe('the audit log', () => {
  const requests = new AuditedRequests();
  const { vpms, audited, asAdmin } = requests;
  const login = (role: string, username: string, password: string) =>
    audited('POST', `/api/${role}/login`, { body: { username, password } });

  describe('entries of every account', () => {
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
        [requests.admin, 'admin', requests.admin.username, 'wrong password'],
        [requests.admin, 'user', requests.admin.username, PASSWORD],
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

  describe('entries of drivers', () => {
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

    it('contain that a password was set with a link, but not the use of a link that is no longer valid', async () => {
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

    it('contain the confirmation of an e-mail address', async () => {
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
});
