import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { boundTo as boundToOf } from '../../../src/auth/links/account-links.js';
import { FixedClock } from '../../support/app/fixed-clock.js';
import { useTestApp } from '../../support/app/test-app.js';
import { auditRows } from '../../support/data/audit-rows.js';
import {
  createLot,
  createMember,
  PASSWORD,
  type TestAccount,
} from '../../support/data/factories.js';
import { countRows, queryDatabase } from '../../support/data/test-database.js';
import { expectProblem } from '../../support/http/problems.js';

const USERS = '/api/admin/users';
const NOW = '2026-03-01T09:30:00.000Z';
const HOUR = 3_600_000;

describe('drivers, as operators manage them,', () => {
  const clock = new FixedClock(NOW);
  const vpms = useTestApp({ clock });
  let admin: TestAccount;
  let driver: TestAccount;

  beforeEach(async () => {
    admin = await createMember(vpms, 'admin');
    driver = await createMember(vpms);
  });

  const get = (path: string) => vpms.http.get(path, { token: admin.token });
  const patch = (id: number, body: object) =>
    vpms.http.request('PATCH', `${USERS}/${id}`, { token: admin.token, body });
  const create = (body: object) => vpms.http.post(USERS, { token: admin.token, body });
  const login = (username: string, password = PASSWORD) =>
    vpms.http.post('/api/user/login', { body: { username, password } });
  const resetLink = (id: number) =>
    vpms.http.post(`${USERS}/${id}/reset-password`, { token: admin.token });
  const links = (id: number) =>
    countRows(vpms.dataDirectory, 'account_links', `account_id = ${id}`);
  const lastAudit = async () => (await auditRows(vpms)).at(-1);

  it('are shown with their bookings and sessions', async () => {
    const { id: lotId } = await createLot(vpms);
    const parked = await vpms.as(driver).park(lotId);
    const window = {
      from: new Date(clock.now().getTime() + 20 * HOUR).toISOString(),
      until: new Date(clock.now().getTime() + 21 * HOUR).toISOString(),
    };
    const ahead = await vpms.as(driver).bookAhead({ lot_id: lotId, ...window });
    expect(ahead.status, ahead.text).toBe(201);
    const vehicle = { plate: 'DL 01 AB 1234' };
    await vpms.http.post('/api/user/vehicles', { token: driver.token, body: vehicle });
    const { status, body } = await get(`${USERS}/${driver.id}`);
    expect(status).toBe(200);
    const [listed] = (await get(`${USERS}?search=${driver.username}`)).body;
    expect(body).toMatchObject(listed);
    expect(listed).toMatchObject({ disabled: false, active_bookings: 1 });
    expect(body).toMatchObject({
      email_confirmed: true,
      current_booking: { id: parked.id, status: 'active' },
      upcoming_bookings: [{ id: ahead.body.id, status: 'reserved' }],
      vehicles: [{ id: expect.any(Number), ...vehicle, label: null, opens_gates: true }],
      sessions: [{ id: expect.any(Number), created_at: NOW, address: '127.0.0.1', client: null }],
    });
    expect(JSON.stringify(body)).not.toMatch(/hash|argon/);
  });

  it('are shown without bookings', async () => {
    const { body } = await get(`${USERS}/${driver.id}`);
    expect(body).toMatchObject({ current_booking: null, upcoming_bookings: [], total_spent: 0 });
  });

  it('are not found by the id of an operator or by an unknown id', async () => {
    expectProblem(await get(`${USERS}/${admin.id}`), '404 ACCOUNT_NOT_FOUND');
    expectProblem(await get(`${USERS}/987654`), '404 ACCOUNT_NOT_FOUND');
    expectProblem(await get(`${USERS}/x`), '400 VALIDATION_FAILED', ['id']);
    expectProblem(await patch(admin.id, { disabled: true }), '404 ACCOUNT_NOT_FOUND');
    expectProblem(await resetLink(admin.id), '404 ACCOUNT_NOT_FOUND');
  });

  it('are created with a password, with which they log in', async () => {
    const body = { username: 'made', email: 'made@example.com', password: 'made up' };
    const made = await create(body);
    expect(made).toMatchObject({ status: 201, body: { role: 'user' } });
    expect(made.body).not.toHaveProperty('disabled');
    expect(made.body).not.toHaveProperty('reset_url');
    expect((await login('made', 'made up')).status).toBe(200);
    const { body: shown } = await get(`${USERS}/${made.body.id}`);
    expect(shown.email_confirmed).toBe(false);
    expectProblem(await create(body), '409 USERNAME_TAKEN');
    expectProblem(await create({ ...body, username: 'other' }), '409 EMAIL_TAKEN');
    expectProblem(await create({}), '400 VALIDATION_FAILED', ['email', 'username']);
  });

  it('are created without a password, with a link', async () => {
    const { body } = await create({ username: 'linked', email: 'linked@example.com' });
    expect(body).toMatchObject({ reset_url: expect.stringMatching(/token=/), role: 'user' });
    expect(await links(body.id)).toBe(1);
  });

  it('cannot log in while disabled, and keep their bookings', async () => {
    const { id: lotId } = await createLot(vpms);
    await vpms.as(driver).park(lotId);
    await resetLink(driver.id);
    expect(await patch(driver.id, { disabled: true })).toMatchObject({
      status: 200,
      body: { id: driver.id, disabled: true, role: 'user' },
    });
    expectProblem(await vpms.http.get('/api/auth/me', driver), '401 TOKEN_REVOKED');
    const refused = await login(driver.username);
    const wrong = await login(driver.username, 'wrong');
    expectProblem(refused, '401 CREDENTIALS_WRONG');
    expect(refused.body.message).toBe(wrong.body.message);
    expect(await links(driver.id)).toBe(0);
    const { body } = await get(`${USERS}/${driver.id}`);
    expect(body).toMatchObject({ disabled: true, active_bookings: 1, sessions: [] });
    await patch(driver.id, { disabled: false });
    expectProblem(await vpms.http.get('/api/auth/me', driver), '401 TOKEN_REVOKED');
    expect((await login(driver.username)).status).toBe(200);
  });

  it('lose their sessions even if an earlier version of the program disabled them', async () => {
    await queryDatabase(
      vpms.dataDirectory,
      `UPDATE accounts SET disabled_at = 1 WHERE id = ${driver.id}`,
    );
    expectProblem(await vpms.http.get('/api/auth/me', driver), '401 TOKEN_REVOKED');
    await patch(driver.id, { disabled: false });
    expectProblem(await vpms.http.get('/api/auth/me', driver), '401 TOKEN_REVOKED');
  });

  it('have no session after logins at the moment when they are disabled', async () => {
    let tokens = 0;
    for (let round = 0; round < 10; round += 1) {
      const member = await createMember(vpms);
      const logins = Array.from({ length: 6 }, () => login(member.username));
      // Each round disables the account later: the first ones before any login, the last ones after some.
      await sleep(round * 4);
      expect((await patch(member.id, { disabled: true })).status).toBe(200);
      for (const { body } of await Promise.all(logins)) {
        if (body.token === undefined) continue;
        tokens += 1;
        const me = await vpms.http.get('/api/auth/me', { token: body.token });
        expectProblem(me, '401 TOKEN_REVOKED');
      }
      const rows = await countRows(vpms.dataDirectory, 'sessions', `account_id = ${member.id}`);
      expect(rows).toBe(0);
    }
    expect(tokens, 'logins before the disabling').toBeGreaterThan(0);
  });

  it('get a new e-mail at once, which is unconfirmed and revokes their links', async () => {
    await resetLink(driver.id);
    const email = `${driver.username}@new.example.com`;
    expect((await patch(driver.id, { email })).body.email).toBe(email);
    expect(await lastAudit()).toMatchObject({
      action: 'account.updated',
      before: { email: `${driver.username}@example.com` },
      after: { email },
    });
    expect((await get(`${USERS}/${driver.id}`)).body.email_confirmed).toBe(false);
    expect(await links(driver.id)).toBe(0);
    expect((await vpms.http.get('/api/auth/me', driver)).body.email).toBe(email);
  });

  it('stay confirmed if only the case of their e-mail changes', async () => {
    await resetLink(driver.id);
    const email = `${driver.username.toUpperCase()}@example.com`;
    expect((await patch(driver.id, { email })).body.email).toBe(email);
    expect((await get(`${USERS}/${driver.id}`)).body.email_confirmed).toBe(true);
    expect(await links(driver.id)).toBe(1);
  });

  it.each([{ email: 'none' }, { email: null }, { email: '' }, { disabled: 1 }, { username: 'x' }])(
    'are not changed by %j',
    async (body) => {
      const before = (await auditRows(vpms)).length;
      expectProblem(await patch(driver.id, body), '400 VALIDATION_FAILED', Object.keys(body));
      expect(await auditRows(vpms)).toHaveLength(before);
    },
  );

  it('do not get an e-mail that another account has, even at the same moment', async () => {
    const taken = { email: `${admin.username}@EXAMPLE.com` };
    expectProblem(await patch(driver.id, taken), '409 EMAIL_TAKEN');
    const members = [driver, ...(await Promise.all([1, 2, 3, 4].map(() => createMember(vpms))))];
    const email = `only-${driver.id}@example.com`;
    const responses = await Promise.all(members.map(({ id }) => patch(id, { email })));
    expect(responses.filter(({ status }) => status === 200)).toHaveLength(1);
    for (const response of responses.filter(({ status }) => status !== 200)) {
      expectProblem(response, '409 EMAIL_TAKEN');
    }
  });

  it('get a password link for 24 hours, which the response to a repeated request omits', async () => {
    const path = `${USERS}/${driver.id}/reset-password`;
    const request = { token: admin.token, headers: { 'idempotency-key': `reset-${driver.id}` } };
    const { status, body } = await vpms.http.post(path, request);
    expect([status, body]).toEqual([
      200,
      {
        reset_url: expect.stringMatching(/\/reset-password\?token=[\w-]{43}$/),
        expires_at: new Date(clock.now().getTime() + 24 * HOUR).toISOString(),
      },
    ]);
    const repeated = await vpms.http.post(path, request);
    expect([repeated.status, repeated.body]).toEqual([200, { ...body, reset_url: null }]);
    const { search } = new URL(body.reset_url);
    const start = clock.now();
    try {
      clock.advance(24 * HOUR - 1);
      expect((await vpms.http.get(`/reset-password${search}`)).status).toBe(200);
      clock.advance(1);
      expect((await vpms.http.get(`/reset-password${search}`)).status).toBe(410);
    } finally {
      clock.set(start.toISOString());
    }
  });

  it('keep their password links when a login replaces the hash of the same password', async () => {
    await resetLink(driver.id);
    const stored = () =>
      queryDatabase<Record<string, string>>(
        vpms.dataDirectory,
        `SELECT password_hash AS "passwordHash", email_key AS "emailKey", bound_to AS "boundTo"
          FROM accounts JOIN account_links ON account_id = accounts.id WHERE accounts.id = ${driver.id}`,
      );
    const [before] = await stored();
    expect((await login(driver.username)).status).toBe(200);
    const [{ passwordHash = '', emailKey = '', boundTo } = {}] = await stored();
    expect(passwordHash).not.toBe(before?.['passwordHash']);
    expect(boundTo).toBe(boundToOf('reset', { id: driver.id, passwordHash, emailKey }));
    expect(boundTo).not.toBe(before?.['boundTo']);
  });

  it('lose their password links when they change the password', async () => {
    await resetLink(driver.id);
    const body = { current_password: PASSWORD, new_password: 'another one' };
    const changed = await vpms.http.post('/api/auth/change-password', { ...driver, body });
    expect(changed.status).toBe(204);
    expect(await links(driver.id)).toBe(0);
  });
});
