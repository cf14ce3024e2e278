import { describe, expect, it } from 'vitest';
import { useTestApp } from '../../support/app/test-app.js';
import { FixedClock } from '../../support/app/fixed-clock.js';
import { auditRows } from '../../support/data/audit-rows.js';
import { createLot, createMember, PASSWORD } from '../../support/data/factories.js';
import { queryDatabase } from '../../support/data/test-database.js';
import { expectProblem } from '../../support/http/problems.js';

const MINUTE = 60_000;

describe('the rows of an account', () => {
  const clock = new FixedClock();
  const vpms = useTestApp({ clock });
  const count = async (sql: string) =>
    Number((await queryDatabase<{ n: number }>(vpms.dataDirectory, sql))[0]?.n);
  const me = (token: string) => vpms.http.get('/api/auth/me', { token });
  const login = async (username: string) => {
    const body = { username, password: PASSWORD };
    return String((await vpms.http.post('/api/user/login', { body })).body.token);
  };

  it('are at most 20 sessions, of which the least recently used one ends', async () => {
    const { id, username, token: first } = await createMember(vpms);
    const tokens: string[] = [];
    for (let index = 0; index < 18; index += 1) {
      clock.advance(MINUTE);
      tokens.push(await login(username));
    }
    clock.advance(60 * MINUTE);
    // The first session is used again, so that the second is the least recently used.
    expect((await me(first)).status).toBe(200);
    const used = `SELECT COUNT(*) AS n FROM sessions WHERE account_id = ${id} AND last_used_at = ${clock.now().getTime()}`;
    await expect.poll(() => count(used)).toBe(1);
    clock.advance(MINUTE);
    const twentieth = await login(username);
    expect((await me(tokens[0] ?? '')).status).toBe(200);
    await expect
      .poll(() => count(`SELECT COUNT(*) AS n FROM sessions WHERE account_id = ${id}`))
      .toBe(20);
    clock.advance(MINUTE);
    const newest = await login(username);
    expect(await count(`SELECT COUNT(*) AS n FROM sessions WHERE account_id = ${id}`)).toBe(20);
    expectProblem(await me(tokens[1] ?? ''), '401 TOKEN_REVOKED');
    for (const token of [first, tokens[0], tokens[2], twentieth, newest]) {
      expect((await me(token ?? '')).status).toBe(200);
    }
  });

  it('keep the newest session if the clock was set back', async () => {
    const { username } = await createMember(vpms);
    for (let index = 0; index < 20; index += 1) await login(username);
    clock.advance(-600 * MINUTE);
    expect((await me(await login(username))).status).toBe(200);
    clock.advance(600 * MINUTE);
  });

  it('are at most 20 sessions even after concurrent logins', async () => {
    const { id, username } = await createMember(vpms);
    await Promise.all(Array.from({ length: 40 }, () => login(username)));
    expect(await count(`SELECT COUNT(*) AS n FROM sessions WHERE account_id = ${id}`)).toBe(20);
  });

  it('are at most 1,000 idempotency records, of which the least recently used one is deleted', async () => {
    const { id, token } = await createMember(vpms);
    const records = `SELECT COUNT(*) AS n FROM idempotency_records WHERE account_id = ${id}`;
    const book = (key: string) =>
      vpms.as({ token }).book(999_999, {}, { headers: { 'idempotency-key': key } });
    const isReplayed = async (key: string) =>
      (await book(key)).headers.get('idempotency-replayed') === 'true';
    for (let index = 0; index < 1_000; index += 1) {
      clock.advance(1);
      await book(`key-${index}`);
    }
    expect(await count(records)).toBe(1_000);
    clock.advance(1);
    expect(await isReplayed('key-0')).toBe(true);
    clock.advance(1);
    expect(await isReplayed('new')).toBe(false);
    expect(await count(records)).toBe(1_000);
    expect(await isReplayed('key-0')).toBe(true);
    expect(await isReplayed('key-2')).toBe(true);
    clock.advance(1);
    expect(await isReplayed('key-1')).toBe(false);
  }, 60_000);

  it('contain no audit entry for a password change to the same password, which is refused', async () => {
    const { token } = await createMember(vpms);
    const before = (await auditRows(vpms)).length;
    const response = await vpms.http.post('/api/auth/change-password', {
      token,
      body: { current_password: PASSWORD, new_password: PASSWORD },
    });
    expectProblem(response, '400 VALIDATION_FAILED', ['new_password']);
    expect(await auditRows(vpms)).toHaveLength(before);
    const wrong = await vpms.http.post('/api/auth/change-password', {
      token,
      body: { current_password: 'wrong', new_password: 'wrong!' },
    });
    expectProblem(wrong, '400 CURRENT_PASSWORD_WRONG');
  });

  it('contain no audit entry for an update of a lot that changes nothing', async () => {
    const { token } = await createMember(vpms, 'admin');
    const lot = await createLot(vpms);
    const before = (await auditRows(vpms)).length;
    const { body } = await vpms.http.get('/api/admin/parking-lots', { token });
    const { prime_location_name, price, number_of_spots } = body.find(
      (each: { id: number }) => each.id === lot.id,
    );
    for (const same of [{}, { prime_location_name }, { price, number_of_spots }]) {
      const response = await vpms.http.put(`/api/admin/parking-lots/${lot.id}`, {
        token,
        body: same,
      });
      expect(response.status, response.text).toBe(200);
    }
    expect(await auditRows(vpms)).toHaveLength(before);
  });
});
