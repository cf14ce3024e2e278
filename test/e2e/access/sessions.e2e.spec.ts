import { beforeEach, describe, expect, it } from 'vitest';
import { FixedClock } from '../../support/app/fixed-clock.js';
import { useTestApp } from '../../support/app/test-app.js';
import { auditRows } from '../../support/data/audit-rows.js';
import { createMember, PASSWORD, type TestAccount } from '../../support/data/factories.js';
import { queryDatabase } from '../../support/data/test-database.js';
import { expectProblem } from '../../support/http/problems.js';

const SESSIONS = '/api/auth/sessions';
const NOW = '2026-03-01T09:30:00.000Z';
const MINUTE = 60_000;

describe.each(['user', 'admin'] as const)('the sessions of an account with role %s', (role) => {
  const clock = new FixedClock(NOW);
  const vpms = useTestApp({ clock, environment: { JWT_EXPIRES_IN: '7200' } });
  let member: TestAccount;

  beforeEach(async () => {
    member = await createMember(vpms, role);
  });

  const list = async (token = member.token) => (await vpms.http.get(SESSIONS, { token })).body;
  const login = async (userAgent?: string) => {
    const body = { username: member.username, password: PASSWORD };
    const headers: Record<string, string> = userAgent ? { 'user-agent': userAgent } : {};
    const response = await vpms.http.post(`/api/${role}/login`, { body, headers });
    return String(response.body.token);
  };
  const end = (id: number | string, token = member.token) =>
    vpms.http.delete(`${SESSIONS}/${id}`, { token });
  const isOpen = async (token: string) =>
    (await vpms.http.get('/api/auth/me', { token })).status === 200;

  it('are listed with their client, and the current one is marked', async () => {
    clock.advance(MINUTE);
    const at = clock.now().toISOString();
    const token = await login('Agent/1.0 (test)');
    const [first, second, ...others] = await list(token);
    expect(others).toEqual([]);
    expect(first).toMatchObject({ current: false, address: '127.0.0.1', client: null });
    expect(second).toEqual({
      id: first.id + 1,
      created_at: at,
      last_used_at: at,
      address: '127.0.0.1',
      client: 'Agent/1.0 (test)',
      current: true,
    });
    expect((await list()).map(({ current }: { current: boolean }) => current)).toEqual([
      true,
      false,
    ]);
  });

  it('contain at most 200 characters of the client', async () => {
    await login(`Long${'x'.repeat(1_000)}`);
    const [, { client }] = await list();
    expect(client).toHaveLength(200);
    expect(client).toMatch(/^Longx+…$/);
  });

  it('update the time of their last use once an hour', async () => {
    const created = clock.now().toISOString();
    const used = async () => (await list())[0].last_used_at;
    clock.advance(59 * MINUTE);
    expect(await isOpen(member.token)).toBe(true);
    expect(await used()).toBe(created);
    clock.advance(MINUTE);
    const later = clock.now().toISOString();
    expect(await isOpen(member.token)).toBe(true);
    await expect.poll(used).toBe(later);
  });

  it('can be ended one by one, with immediate effect', async () => {
    const token = await login();
    const [{ id }] = (await list()).slice(-1);
    expect(await end(id)).toMatchObject({ status: 204, text: '' });
    expectProblem(await vpms.http.get('/api/auth/me', { token }), '401 TOKEN_REVOKED');
    expect((await auditRows(vpms)).at(-1)).toMatchObject({
      action: 'session.ended',
      actor_id: member.id,
      target_id: String(member.id),
      before: { sessions: [id] },
    });
    expectProblem(await end(id), '404 SESSION_NOT_FOUND');
    expect(await isOpen(member.token)).toBe(true);
  });

  it('include the current one, which can be ended like the others', async () => {
    const [{ id }] = await list();
    expect((await end(id)).status).toBe(204);
    expectProblem(await end(id), '401 TOKEN_REVOKED');
  });

  it('can all be ended at once, except the current one', async () => {
    const tokens = [await login(), await login()];
    const path = { token: member.token };
    expect(await vpms.http.delete(SESSIONS, path)).toMatchObject({ status: 204, text: '' });
    for (const token of tokens) expect(await isOpen(token)).toBe(false);
    expect(await list()).toMatchObject([{ current: true }]);
    const audited = (await auditRows(vpms)).length;
    expect((await vpms.http.delete(SESSIONS, path)).status).toBe(204);
    expect(await auditRows(vpms)).toHaveLength(audited);
  });

  it('are unknown to another account, which cannot end them', async () => {
    const other = await createMember(vpms, role);
    const [{ id }] = await list();
    expectProblem(await end(id, other.token), '404 SESSION_NOT_FOUND');
    expectProblem(await end('x'), '400 VALIDATION_FAILED', ['id']);
    await vpms.http.delete(SESSIONS, { token: other.token });
    expect(await isOpen(member.token)).toBe(true);
  });

  it('are not listed once they have expired, and then make room for a login first', async () => {
    clock.advance(60 * MINUTE);
    const live = await login();
    const tokens: string[] = [];
    clock.advance(59 * MINUTE);
    // The oldest session is the last one that is used, and expires nevertheless.
    expect(await isOpen(member.token)).toBe(true);
    clock.advance(MINUTE);
    expect(await list(live)).toHaveLength(1);
    await queryDatabase(
      vpms.dataDirectory,
      `UPDATE sessions SET last_used_at = ${clock.now().getTime() + 1} WHERE account_id = ${member.id}
        AND expires_at <= ${clock.now().getTime()}`,
    );
    for (let index = 0; index < 19; index += 1) tokens.push(await login());
    expect(await list(live)).toHaveLength(20);
    expect(await isOpen(live)).toBe(true);
  });
});
