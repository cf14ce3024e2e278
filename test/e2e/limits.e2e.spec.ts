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
      const checked = statuses.filter((status) => status === 401).length;
      // One runs and five wait; more are checked only if the requests did not arrive at once.
      expect(checked).toBeGreaterThanOrEqual(6);
      expect(checked).toBeLessThanOrEqual(10);
      expect(statuses.filter((status) => status === 429)).toHaveLength(100 - checked);
      await failTimes(10 - checked, username);
      expectProblem(await login(username, 'wrong'), LIMITED);
    });

    it('never count a right password, also of many concurrent logins', async () => {
      const { username } = await createMember(vpms);
      move();
      await failTimes(2, username);
      const responses = await Promise.all(Array.from({ length: 6 }, () => login(username)));
      expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([200]));
      // From an address that the account has not logged in from, for which the wrong ones count.
      move();
      const last = await login(username);
      expect(last.headers.get('ratelimit')).toMatch(
        /^"wrong-passwords-of-account";r=8;t=\d+, "wrong-passwords-from-address";r=100;t=\d+$/,
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
        await Promise.all(Array.from({ length: 5 }, () => login(username, 'wrong')));
        await Promise.all(Array.from({ length: 5 }, () => login(username, 'wrong')));
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

    it('count the current password of a password change, for the session alone', async () => {
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
      expect((await login(username)).status).toBe(200);
    });
  });

  describe('for wrong passwords from elsewhere', () => {
    const strangers = async (username: string, role: string) => {
      for (let count = 0; count < 12; count += 1) {
        move();
        await login(username, 'wrong', role);
      }
      move();
      expectProblem(await login(username, PASSWORD, role), LIMITED);
    };

    it.each(['user', 'admin'] as const)(
      'never refuse the %s at an address of an earlier login, nor the holder of a session',
      async (role) => {
        const { username } = await createMember(vpms, role);
        const home = move();
        const token = String((await login(username, PASSWORD, role)).body.token);
        await strangers(username, role);
        address = home;
        expect((await login(username, PASSWORD, role)).status).toBe(200);
        // Guessing from there is limited too, apart from the strangers' attempts.
        await failTimes(10, username, role);
        expectProblem(await login(username, PASSWORD, role), LIMITED);
        const change = await vpms.http.post('/api/auth/change-password', {
          token,
          headers: headers(),
          body: { current_password: PASSWORD, new_password: 'another password' },
        });
        expect(change.status, change.text).toBe(204);
      },
    );

    it('never refuse another address of the same /64 network', async () => {
      const { username } = await createMember(vpms);
      address = '2001:db8:1:2::1';
      expect((await login(username)).status).toBe(200);
      await strangers(username, 'user');
      address = '2001:db8:1:2:ffff::9';
      expect((await login(username)).status).toBe(200);
      address = '2001:db8:1:3::1';
      expectProblem(await login(username), LIMITED);
    });

    it('never refuse the owner after a restart, which empties the counters', async () => {
      const environment = { RATE_LIMIT_ENABLED: 'true', TRUST_PROXY: 'loopback' };
      const first = await startTestApp({ environment });
      const { username } = await createMember(first);
      const from = (app: TestApp, client: string, password: string) =>
        app.http.post('/api/user/login', {
          body: { username, password },
          headers: { 'x-forwarded-for': client },
        });
      expect((await from(first, '198.51.100.7', PASSWORD)).status).toBe(200);
      const { dataDirectory } = first;
      await first.stop();
      await using second = await startTestApp({ environment, dataDirectory });
      for (let count = 0; count < 11; count += 1)
        await from(second, `198.51.100.${count + 20}`, 'x');
      expectProblem(await from(second, '198.51.100.99', PASSWORD), LIMITED);
      expect((await from(second, '198.51.100.7', PASSWORD)).status).toBe(200);
    });

    it('are remembered for 20 networks of an account', async () => {
      const { id, username } = await createMember(vpms);
      for (let count = 0; count < 23; count += 1) {
        move();
        expect((await login(username)).status).toBe(200);
      }
      const rows = await queryDatabase(
        vpms.dataDirectory,
        `SELECT network FROM login_networks WHERE account_id = ${id}`,
      );
      expect(rows).toHaveLength(20);
      expect(rows).toContainEqual({ network: address });
    });
  });

  describe('for correct passwords', () => {
    it('refuse the 61st login of an account within a minute, and no other account', async () => {
      const [member, other] = [await createMember(vpms), await createMember(vpms)];
      await spendAllButOne('logins-of-account', `user:${nameKey(member.username)}`);
      move();
      expect((await login(member.username)).status).toBe(200);
      const refused = await login(member.username);
      expectProblem(refused, LIMITED);
      expect(refused.body.message).toMatch(/^Too many logins of this account; try again in \d+ s/);
      expect((await login(other.username)).status).toBe(200);
    });

    it('let admins log in while many accounts flood the login', async () => {
      const admin = await createMember(vpms, 'admin');
      const members = await createMembers(vpms, 60);
      let isOver = false;
      const flood = members.map(async ({ username }, index) => {
        while (!isOver) {
          await vpms.http.post('/api/user/login', {
            body: { username, password: PASSWORD },
            headers: { 'x-forwarded-for': `203.0.113.${index}` },
          });
        }
      });
      move();
      for (let count = 0; count < 5; count += 1) {
        const response = await login(admin.username, PASSWORD, 'admin');
        expect(response.status, response.text).toBe(200);
      }
      isOver = true;
      await Promise.all(flood);
    });
  });

  describe('for registrations', () => {
    it('are 30 per hour from an address by default', async () => {
      move();
      for (let count = 0; count < 30; count += 1) {
        const { status } = await register(`many.${count}`, `many.${count}@example.com`);
        expect(status).toBe(201);
      }
      expectProblem(await register('many.30', 'many.30@example.com'), LIMITED);
    });

    it('come from REGISTRATIONS_PER_HOUR', async () => {
      const environment = { RATE_LIMIT_ENABLED: 'true', REGISTRATIONS_PER_HOUR: '2' };
      await using small = await startTestApp({ environment });
      const statuses: number[] = [];
      for (const username of ['one', 'two', 'three']) {
        const body = { username, email: `${username}@example.com`, password: PASSWORD };
        statuses.push((await small.http.post('/api/user/register', { body })).status);
      }
      expect(statuses).toEqual([201, 201, 429]);
    });

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

  describe('for requests', () => {
    it('refuse every token of the account, and no other account', async () => {
      const [{ token, username }, other] = [await createMember(vpms), await createMember(vpms)];
      await spendAllButOne('requests-of-account', String(claimsOf(token)['sub']));
      const last = await vpms.http.get('/api/auth/me', { token });
      expect(last.status).toBe(200);
      expect(last.headers.get('ratelimit')).toMatch(/^"requests-of-account";r=0;t=\d\d?$/);
      expect(last.headers.get('ratelimit-policy')).toBe('"requests-of-account";q=3000;w=60');
      for (const path of ['/api/auth/me', '/api/user/bookings', '/api/admin/users']) {
        expectProblem(await vpms.http.get(path, { token }), LIMITED);
      }
      move();
      const second = String((await login(username)).body.token);
      expectProblem(await vpms.http.get('/api/auth/me', { token: second }), LIMITED);
      expect((await vpms.http.get('/api/auth/me', { token: other.token })).status).toBe(200);
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
      await spendAllButOne('requests-of-account', String(claimsOf(token)['sub']));
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
        target_id: 'requests-of-account',
        actor_id: id,
        actor_name: username,
        client_address: '127.0.0.1',
      });
      expect(others).toEqual([]);
    });

    it('apply even if they cannot be recorded', async () => {
      const { token } = await createMember(vpms);
      await spendAllButOne('requests-of-account', String(claimsOf(token)['sub']));
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
