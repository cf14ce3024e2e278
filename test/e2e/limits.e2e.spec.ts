import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { nameKey } from '../../src/auth/limits/name-key.js';
import { LIMIT_POLICIES, type LimitName } from '../../src/platform/rate-limits/limit-policies.js';
import { RateLimits } from '../../src/platform/rate-limits/rate-limits.js';
import { auditRows } from '../support/data/audit-rows.js';
import { createMember, createMembers, PASSWORD } from '../support/data/factories.js';
import type { HttpResponse } from '../support/http/http-client.js';
import { expectProblem } from '../support/http/problems.js';
import { startTestApp, type TestApp } from '../support/app/test-app.js';
import { queryDatabase } from '../support/data/test-database.js';
import { claimsOf } from '../support/app/tokens.js';

const LIMITED = '429 RATE_LIMITED';
const WRONG = '401 CREDENTIALS_WRONG';

describe('rate limits', () => {
  let vpms: TestApp;
  let address = '';
  let addresses = 0;

  beforeAll(async () => {
    // This machine acts as the proxy that reports the clients' addresses.
    const environment = { RATE_LIMIT_ENABLED: 'true', TRUST_PROXY: 'loopback' };
    vpms = await startTestApp({ environment });
  });
  afterAll(() => vpms[Symbol.asyncDispose]());
  afterEach(() => vi.useRealTimers());

  /** Continues with a new client address. */
  const move = () => {
    addresses += 1;
    address = `192.0.2.${addresses}`;
    return address;
  };
  const headers = () => ({ 'x-forwarded-for': address });
  const login = (username: string, password = PASSWORD, role = 'user'): Promise<HttpResponse> =>
    vpms.http.post(`/api/${role}/login`, { body: { username, password }, headers: headers() });
  const failTimes = async (times: number, username: string, role = 'user') => {
    for (let time = 0; time < times; time += 1) {
      expectProblem(await login(username, 'wrong', role), WRONG);
    }
  };
  const register = (username: string, email: string): Promise<HttpResponse> =>
    vpms.http.post('/api/user/register', {
      body: { username, email, password: PASSWORD },
      headers: headers(),
    });
  /** One attempt less than the limit. */
  const spendAllButOne = async (limit: LimitName, key: string) => {
    const limits = vpms.app.get(RateLimits);
    const { points } = LIMIT_POLICIES[limit];
    for (let point = 1; point < points; point += 1) await limits.consume(limit, key);
  };

  describe('for wrong passwords', () => {
    it('refuse the right password too, for this account from any address, but no other account', async () => {
      const [member, neighbour] = [await createMember(vpms), await createMember(vpms)];
      move();
      await failTimes(10, member.username);
      const refused = await login(member.username);
      expectProblem(refused, LIMITED);
      expect(refused.body.message).toBe(
        'Too many wrong passwords for this account; try again in 15 minutes.',
      );
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(890);
      expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(900);
      expect(refused.headers.get('ratelimit-policy')).toBe(
        '"wrong-passwords-of-account";q=10;w=900',
      );
      expect(refused.headers.get('access-control-allow-origin')).toBe('*');
      expect((await login(neighbour.username)).status).toBe(200);
      move();
      expectProblem(await login(member.username.toUpperCase()), LIMITED);
      // Existing sessions continue.
      expect((await vpms.http.get('/api/auth/me', { token: member.token })).status).toBe(200);
    });

    it('end with their window, which no further attempt extends', async () => {
      const { username } = await createMember(vpms);
      move();
      await failTimes(10, username);
      const start = Date.now();
      vi.useFakeTimers({ toFake: ['Date'], now: start + 890_000 });
      const refused = await login(username);
      expectProblem(refused, LIMITED);
      expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(10);
      vi.setSystemTime(start + 900_000);
      expect((await login(username)).status).toBe(200);
    });

    it('apply equally to an unknown name', async () => {
      move();
      await failTimes(10, 'unknown.driver');
      const refused = await login('unknown.driver');
      expectProblem(refused, LIMITED);
      expect(refused.body.message).toContain('this account');
    });

    it('are separate for the two login routes', async () => {
      const admin = await createMember(vpms, 'admin');
      move();
      await failTimes(10, admin.username, 'user');
      expectProblem(await login(admin.username), LIMITED);
      expect((await login(admin.username, PASSWORD, 'admin')).status).toBe(200);
    });

    it('count each of a hundred concurrent attempts', async () => {
      const { username } = await createMember(vpms);
      move();
      const responses = await Promise.all(
        Array.from({ length: 100 }, () => login(username, 'wrong')),
      );
      const statuses = responses.map(({ status }) => status);
      expect(statuses.filter((status) => status === 401)).toHaveLength(10);
      expect(statuses.filter((status) => status === 429)).toHaveLength(90);
    });

    it('never count a right password, also of many concurrent logins', async () => {
      const { username } = await createMember(vpms);
      move();
      await failTimes(2, username);
      const responses = await Promise.all(Array.from({ length: 30 }, () => login(username)));
      expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([200]));
      const last = await login(username);
      expect(last.headers.get('ratelimit')).toMatch(
        /^"wrong-passwords-of-account";r=8;t=\d+, "wrong-passwords-from-address";r=98;t=\d+$/,
      );
    });

    it('count no invalid request', async () => {
      const { username } = await createMember(vpms);
      move();
      for (let time = 0; time < 15; time += 1) {
        const body = { username };
        const response = await vpms.http.post('/api/user/login', { body, headers: headers() });
        expectProblem(response, '400 VALIDATION_FAILED');
      }
      expect((await login(username)).status).toBe(200);
    });

    it('refuse an address that tries many accounts, and no other', async () => {
      const members = await createMembers(vpms, 12);
      move();
      for (const { username } of members.slice(0, 10)) {
        await Promise.all(Array.from({ length: 10 }, () => login(username, 'wrong')));
      }
      const [eleventh, twelfth] = members.slice(10);
      const refused = await login(eleventh?.username ?? '');
      expectProblem(refused, LIMITED);
      expect(refused.body.message).toContain('from this address');
      move();
      // An attempt that was refused for its address consumed no point of the account.
      const { headers: left } = await login(twelfth?.username ?? '');
      expect(left.get('ratelimit')).toContain('"wrong-passwords-of-account";r=10;');
    });

    it('count the current password of a password change', async () => {
      const { token, username } = await createMember(vpms);
      move();
      const change = (current: string) =>
        vpms.http.post('/api/auth/change-password', {
          token,
          body: { current_password: current, new_password: 'new password' },
        });
      for (let time = 0; time < 10; time += 1) {
        expectProblem(await change('wrong'), '400 CURRENT_PASSWORD_WRONG');
      }
      expectProblem(await change(PASSWORD), LIMITED);
      expectProblem(await login(username), LIMITED);
    });
  });

  describe('for registrations', () => {
    it('refuse an address, and no other', async () => {
      await spendAllButOne('registrations-from-address', move());
      expect((await register('from.address', 'from@example.com')).status).toBe(201);
      const refused = await register('from.address2', 'from2@example.com');
      expectProblem(refused, LIMITED);
      expect(refused.body.message).toMatch(/from this address; try again in (59|60) minutes\.$/);
      move();
      expect((await register('from.address2', 'from2@example.com')).status).toBe(201);
    });

    it('refuse a name case-insensitively, and no other', async () => {
      await spendAllButOne('registrations-of-name', nameKey('wanted'));
      move();
      expect((await register('Wanted', 'wanted@example.com')).status).toBe(201);
      move();
      expectProblem(await register('WANTED', 'wanted2@example.com'), LIMITED);
      expect((await register('unwanted', 'wanted2@example.com')).status).toBe(201);
    });
  });

  describe('for a token', () => {
    it('refuse it, and no other token of the account', async () => {
      const { token, username } = await createMember(vpms);
      await spendAllButOne('requests-of-token', String(claimsOf(token)['jti']));
      const last = await vpms.http.get('/api/auth/me', { token });
      expect(last.status).toBe(200);
      expect(last.headers.get('ratelimit')).toMatch(/^"requests-of-token";r=0;t=\d\d?$/);
      expect(last.headers.get('ratelimit-policy')).toBe('"requests-of-token";q=3000;w=60');
      for (const path of ['/api/auth/me', '/api/user/bookings', '/api/admin/users']) {
        expectProblem(await vpms.http.get(path, { token }), LIMITED);
      }
      move();
      const other = String((await login(username)).body.token);
      expect((await vpms.http.get('/api/auth/me', { token: other })).status).toBe(200);
    });
  });

  describe('in the audit log', () => {
    const hitsSince = async (earlier: number) =>
      (await auditRows(vpms)).slice(earlier).filter(({ action }) => action === 'limit.hit');

    it('are recorded once per window, with account and address', async () => {
      const { id, token, username } = await createMember(vpms);
      const earlier = (await auditRows(vpms)).length;
      move();
      await failTimes(10, username);
      for (let time = 0; time < 3; time += 1) expectProblem(await login(username), LIMITED);
      await spendAllButOne('requests-of-token', String(claimsOf(token)['jti']));
      for (let time = 0; time < 4; time += 1) await vpms.http.get('/api/auth/me', { token });
      const [ofAccount, ofToken, ...others] = await hitsSince(earlier);
      expect(ofAccount).toMatchObject({
        target_id: 'wrong-passwords-of-account',
        actor_id: null,
        actor_name: username,
        client_address: address,
        after: { points: 10, seconds: 900 },
      });
      expect(ofToken).toMatchObject({
        target_id: 'requests-of-token',
        actor_id: id,
        actor_name: username,
        client_address: '127.0.0.1',
      });
      expect(others).toEqual([]);
    });

    it('apply even if they cannot be recorded', async () => {
      const { token } = await createMember(vpms);
      await spendAllButOne('requests-of-token', String(claimsOf(token)['jti']));
      expect((await vpms.http.get('/api/auth/me', { token })).status).toBe(200);
      await queryDatabase(vpms.dataDirectory, 'ALTER TABLE audit_log RENAME TO audit_log_away');
      try {
        expectProblem(await vpms.http.get('/api/auth/me', { token }), LIMITED);
      } finally {
        await queryDatabase(vpms.dataDirectory, 'ALTER TABLE audit_log_away RENAME TO audit_log');
      }
    });
  });

  it('can be disabled', async () => {
    await using open = await startTestApp({ environment: { RATE_LIMIT_ENABLED: 'false' } });
    const { username, token } = await createMember(open);
    for (let time = 0; time < 12; time += 1) {
      const body = { username, password: 'wrong' };
      expectProblem(await open.http.post('/api/user/login', { body }), WRONG);
    }
    const { headers: without } = await open.http.get('/api/auth/me', { token });
    expect(without.get('ratelimit')).toBeNull();
  });
});
