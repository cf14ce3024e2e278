import { beforeEach, describe, expect, it } from 'vitest';
import { AccountAdministration } from '../../../src/auth/accounts/account-administration.js';
import { FixedClock } from '../../support/app/fixed-clock.js';
import { useTestApp } from '../../support/app/test-app.js';
import { auditRows } from '../../support/data/audit-rows.js';
import { CLIENT, createMember, PASSWORD, type TestAccount } from '../../support/data/factories.js';
import { countRows, queryDatabase } from '../../support/data/test-database.js';
import { expectProblem } from '../../support/http/problems.js';
import { linkDigest } from '../../../src/auth/links/account-links.js';
import { DAY } from '../../../src/platform/time/durations.js';

const ADMINS = '/api/admin/admins';
const NOW = '2026-03-01T09:30:00.000Z';

describe('operators', () => {
  const clock = new FixedClock(NOW);
  const environment = { PUBLIC_URL: 'https://parking.example.com' };
  const vpms = useTestApp({ clock, environment });
  let admin: TestAccount;
  let names = 0;

  beforeEach(async () => {
    admin = await createMember(vpms, 'admin');
    names += 1;
  });

  const create = (body: object, headers = {}) =>
    vpms.http.post(ADMINS, { token: admin.token, body, headers });
  const newAdmin = (fields = {}) => ({
    username: `operator-${names}`,
    email: `Operator-${names}@example.com`,
    ...fields,
  });
  const patch = (id: number, body: object, { token } = admin) =>
    vpms.http.request('PATCH', `${ADMINS}/${id}`, { token, body });
  const login = (username: string, password: string) =>
    vpms.http.post('/api/admin/login', { body: { username, password } });
  const lastAudit = async () => (await auditRows(vpms)).at(-1);

  it('create one another with a password', async () => {
    const response = await create(newAdmin({ password: 'a long and rare one' }));
    expect(response.status, response.text).toBe(201);
    expect(response.body).toEqual({
      id: expect.any(Number),
      username: `operator-${names}`,
      email: `Operator-${names}@example.com`,
      role: 'admin',
      created_at: NOW,
      updated_at: NOW,
      disabled: false,
    });
    expect(await lastAudit()).toMatchObject({
      action: 'account.created',
      actor_name: admin.username,
      target_id: String(response.body.id),
      after: { username: `operator-${names}`, role: 'admin' },
    });
    expect((await login(`operator-${names}`, 'a long and rare one')).status).toBe(200);
  });

  it('create one another without a password, with a link of which only the digest is stored', async () => {
    const { status, body } = await create(newAdmin());
    expect(status).toBe(201);
    expect(body.reset_url).toMatch(
      /^https:\/\/parking\.example\.com\/reset-password\?token=[\w-]{43}$/,
    );
    expect(body.expires_at).toBe(new Date(Date.parse(NOW) + DAY).toISOString());
    const token = String(body.reset_url).split('=')[1] ?? '';
    const links = await queryDatabase(
      vpms.dataDirectory,
      `SELECT digest, purpose, expires_at FROM account_links WHERE account_id = ${body.id}`,
    );
    expect(links).toEqual([
      { digest: linkDigest(token), purpose: 'reset', expires_at: Date.parse(NOW) + DAY },
    ]);
    for (const password of ['', '!', PASSWORD]) {
      expectProblem(await login(`operator-${names}`, password), '401 CREDENTIALS_WRONG');
    }
    expect(JSON.stringify(await auditRows(vpms))).not.toContain(token);
  });

  it('get null instead of the link if the request is repeated', async () => {
    const headers = { 'idempotency-key': `create-${names}` };
    const first = await create(newAdmin(), headers);
    const second = await create(newAdmin(), headers);
    expect(first.body.reset_url).toMatch(/token=/);
    expect(second.headers.get('idempotency-replayed')).toBe('true');
    expect(second).toMatchObject({ status: 201, body: { ...first.body, reset_url: null } });
    const stored = await queryDatabase(
      vpms.dataDirectory,
      'SELECT outcome, body_digest FROM idempotency_records',
    );
    expect(JSON.stringify(stored)).not.toContain('token=');
  });

  it('get the first response again only if the password is the same', async () => {
    const headers = { 'idempotency-key': `password-${names}` };
    const first = await create(newAdmin({ password: 'a long and rare one' }), headers);
    const again = await create(newAdmin({ password: 'a long and rare one' }), headers);
    expect(again).toMatchObject({ status: 201, body: first.body });
    const other = await create(newAdmin({ password: 'another rare one' }), headers);
    expectProblem(other, '422 IDEMPOTENCY_KEY_REUSED');
  });

  it.each([
    [{ username: 'ab' }, ['username']],
    [{ email: 'none' }, ['email']],
    [{ email: 'ü@example.com' }, ['email']],
    [{ password: 'short' }, ['password']],
    [{ password: null }, ['password']],
    [{ role: 'admin' }, ['role']],
    [{ disabled: false }, ['disabled']],
  ])('are not created with %j', async (fields, names) => {
    const before = await countRows(vpms.dataDirectory, 'accounts');
    expectProblem(await create(newAdmin(fields)), '400 VALIDATION_FAILED', names);
    expect(await countRows(vpms.dataDirectory, 'accounts')).toBe(before);
  });

  it('are not created with the name or e-mail of another account', async () => {
    const driver = await createMember(vpms);
    const named = newAdmin({ username: driver.username.toUpperCase() });
    expectProblem(await create(named), '409 USERNAME_TAKEN');
    const mailed = newAdmin({ email: `${driver.username}@EXAMPLE.com` });
    expectProblem(await create(mailed), '409 EMAIL_TAKEN');
  });

  it('are listed by id with their state, page by page', async () => {
    const other = await createMember(vpms, 'admin');
    await createMember(vpms);
    await patch(other.id, { disabled: true });
    const { body } = await vpms.http.get(ADMINS, { token: admin.token });
    expect(body.at(-1)).toMatchObject({ id: other.id, role: 'admin', disabled: true });
    expect(body.at(-2)).toMatchObject({ id: admin.id, disabled: false });
    expect(JSON.stringify(body)).not.toMatch(/hash|"role":"user"/);
    const page = await vpms.http.get(`${ADMINS}?limit=1`, { token: admin.token });
    expect(page.body).toEqual(body.slice(0, 1));
    const next = /<(.*)>/.exec(page.headers.get('link') ?? '')?.[1] ?? '';
    const second = await vpms.http.get(next, { token: admin.token });
    expect(second.body).toEqual(body.slice(1, 2));
  });

  it('disable and enable one another', async () => {
    const other = await createMember(vpms, 'admin');
    expect(await patch(other.id, { disabled: true })).toMatchObject({
      status: 200,
      body: { id: other.id, disabled: true },
    });
    expect(await lastAudit()).toMatchObject({
      action: 'account.updated',
      actor_id: admin.id,
      target_id: String(other.id),
      before: { disabled: false },
      after: { disabled: true },
    });
    const me = { token: other.token };
    expectProblem(await vpms.http.get('/api/auth/me', me), '401 TOKEN_REVOKED');
    expectProblem(await login(other.username, PASSWORD), '401 CREDENTIALS_WRONG');
    expect((await patch(other.id, { disabled: false })).body.disabled).toBe(false);
    expectProblem(await vpms.http.get('/api/auth/me', me), '401 TOKEN_REVOKED');
    expect((await login(other.username, PASSWORD)).status).toBe(200);
  });

  it('are not recorded in the audit log for a change that changes nothing', async () => {
    const other = await createMember(vpms, 'admin');
    const before = (await auditRows(vpms)).length;
    for (const body of [{}, { disabled: false }]) {
      expect(await patch(other.id, body)).toMatchObject({ status: 200, body: { disabled: false } });
    }
    expect((await patch(admin.id, { disabled: false })).status).toBe(200);
    expect(await auditRows(vpms)).toHaveLength(before);
  });

  it.each([
    { disabled: null },
    { disabled: 'true' },
    { email: 'x@example.com' },
    { password: 'x' },
  ])('are not changed by %j', async (body) => {
    const other = await createMember(vpms, 'admin');
    expectProblem(await patch(other.id, body), '400 VALIDATION_FAILED', Object.keys(body));
  });

  it('cannot disable themselves, a driver or an unknown operator', async () => {
    const driver = await createMember(vpms);
    expectProblem(await patch(admin.id, { disabled: true }), '409 OWN_ACCOUNT');
    expectProblem(await patch(driver.id, { disabled: true }), '404 ACCOUNT_NOT_FOUND');
    expectProblem(await patch(987_654, { disabled: true }), '404 ACCOUNT_NOT_FOUND');
    expect((await vpms.http.get('/api/auth/me', driver)).status).toBe(200);
  });

  it('issue a password link that replaces the earlier one', async () => {
    const other = await createMember(vpms, 'admin');
    const issue = (id: number) =>
      vpms.http.post(`${ADMINS}/${id}/reset-password`, { token: admin.token });
    const first = await issue(other.id);
    const second = await issue(other.id);
    expect(Object.keys(second.body).toSorted()).toEqual(['expires_at', 'reset_url']);
    expect(second.body.reset_url).not.toBe(first.body.reset_url);
    const links = await countRows(vpms.dataDirectory, 'account_links', `account_id = ${other.id}`);
    expect(links).toBe(1);
    expect(await lastAudit()).toMatchObject({
      action: 'password-link.issued',
      target_id: String(other.id),
      before: null,
      after: null,
    });
    expect((await login(other.username, PASSWORD)).status).toBe(200);
    const driver = await createMember(vpms);
    expectProblem(await issue(driver.id), '404 ACCOUNT_NOT_FOUND');
  });

  it('keep one operator enabled if two disable each other at once', async () => {
    const causes: string[] = [];
    for (let round = 0; round < 10; round += 1) {
      const [one, two] = [await createMember(vpms, 'admin'), await createMember(vpms, 'admin')];
      const others = `role = 'admin' AND id NOT IN (${one.id}, ${two.id})`;
      await queryDatabase(
        vpms.dataDirectory,
        `UPDATE accounts SET disabled_at = 1 WHERE ${others}`,
      );
      const responses = await Promise.all([
        patch(two.id, { disabled: true }, one),
        patch(one.id, { disabled: true }, two),
      ]);
      expect(responses.map(({ status }) => status)).toContain(200);
      const refused = responses.find(({ status }) => status !== 200);
      // The session may already have ended when the guard of the second request checks it.
      if (refused?.status === 401) expectProblem(refused, '401 TOKEN_REVOKED');
      else expectProblem(refused ?? responses[0], '409 LAST_ADMIN');
      causes.push(String(refused?.body.code));
      const enabled = `role = 'admin' AND disabled_at IS NULL`;
      expect(await countRows(vpms.dataDirectory, 'accounts', enabled)).toBe(1);
    }
    expect(causes).toContain('LAST_ADMIN');
  });

  it('keep one operator enabled if many disable each other at once', async () => {
    const admins = await Promise.all(Array.from({ length: 5 }, () => createMember(vpms, 'admin')));
    const ids = admins.map(({ id }) => id);
    const others = `role = 'admin' AND id NOT IN (${ids.join(', ')})`;
    await queryDatabase(vpms.dataDirectory, `UPDATE accounts SET disabled_at = 1 WHERE ${others}`);
    const disable = (id: number, by: TestAccount) =>
      vpms.app
        .get(AccountAdministration)
        .change(
          { id, role: 'admin' },
          { disabled: true },
          { ...CLIENT, ...by, role: 'admin', sessionId: '' },
        );
    const outcomes = await Promise.allSettled(
      admins.map(({ id }, index) => disable(id, admins[(index + 1) % 5] ?? admin)),
    );
    const refused = outcomes.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []));
    expect(refused.map(({ code }) => code)).toEqual(['LAST_ADMIN']);
    const enabled = `role = 'admin' AND disabled_at IS NULL`;
    expect(await countRows(vpms.dataDirectory, 'accounts', enabled)).toBe(1);
  });
});
