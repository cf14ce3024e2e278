import { describe, expect, it } from 'vitest';
import { auditRows } from '../../support/data/audit-rows.js';
import { createMember } from '../../support/data/factories.js';
import {
  LIMITED,
  LIMITED_ENVIRONMENT,
  MovingClient,
  spendAllButOne,
} from '../../support/http/clients/moving-client.js';
import { expectProblem } from '../../support/http/problems.js';
import { startTestApp, useTestApp } from '../../support/app/test-app.js';
import { queryDatabase } from '../../support/data/test-database.js';
import { claimsOf } from '../../support/app/tokens.js';

describe('rate limits', () => {
  const vpms = useTestApp({ environment: LIMITED_ENVIRONMENT });
  const client = new MovingClient(vpms);

  describe('for requests', () => {
    it('refuse every token of the account, and no other account', async () => {
      const [{ token, username }, other] = [await createMember(vpms), await createMember(vpms)];
      await spendAllButOne(vpms, 'requests-of-account', String(claimsOf(token)['sub']));
      const last = await vpms.http.get('/api/auth/me', { token });
      expect(last.status).toBe(200);
      expect(last.headers.get('ratelimit')).toMatch(/^"requests-of-account";r=0;t=\d\d?$/);
      expect(last.headers.get('ratelimit-policy')).toBe('"requests-of-account";q=3000;w=60');
      for (const path of ['/api/auth/me', '/api/user/bookings', '/api/admin/users']) {
        expectProblem(await vpms.http.get(path, { token }), LIMITED);
      }
      client.move();
      const second = String((await client.login(username)).body.token);
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
      client.move();
      await client.failTimes(10, username);
      for (let time = 0; time < 3; time += 1) expectProblem(await client.login(username), LIMITED);
      await spendAllButOne(vpms, 'requests-of-account', String(claimsOf(token)['sub']));
      for (let time = 0; time < 4; time += 1) await vpms.http.get('/api/auth/me', { token });
      const [ofAccount, ofToken, ...others] = await hitsSince(earlier);
      expect(ofAccount).toMatchObject({
        target_id: 'wrong-passwords-of-account',
        actor_id: null,
        actor_name: username,
        client_address: client.address,
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
      await spendAllButOne(vpms, 'requests-of-account', String(claimsOf(token)['sub']));
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
      expectProblem(await open.http.post('/api/user/login', { body }), '401 CREDENTIALS_WRONG');
    }
    const { headers: without } = await open.http.get('/api/auth/me', { token });
    expect(without.get('ratelimit')).toBeNull();
  });
});
