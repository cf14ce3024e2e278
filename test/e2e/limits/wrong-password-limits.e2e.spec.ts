import { afterEach, describe, expect, it, vi } from 'vitest';
import { createMember, createMembers, PASSWORD } from '../../support/data/factories.js';
import {
  LIMITED,
  LIMITED_ENVIRONMENT,
  MovingClient,
} from '../../support/http/clients/moving-client.js';
import { expectProblem } from '../../support/http/problems.js';
import { useTestApp } from '../../support/app/test-app.js';

describe('rate limits for wrong passwords', () => {
  const vpms = useTestApp({ environment: LIMITED_ENVIRONMENT });
  const client = new MovingClient(vpms);
  afterEach(() => vi.useRealTimers());

  it('refuse the right password too, for this account from any address, but no other account', async () => {
    const [member, neighbour] = [await createMember(vpms), await createMember(vpms)];
    client.move();
    await client.failTimes(10, member.username);
    const refused = await client.login(member.username);
    expectProblem(refused, LIMITED);
    expect(refused.body.message).toBe(
      'Too many wrong passwords for this account; try again in 15 minutes.',
    );
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(890);
    expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(900);
    expect(refused.headers.get('ratelimit-policy')).toBe('"wrong-passwords-of-account";q=10;w=900');
    expect(refused.headers.get('access-control-allow-origin')).toBe('*');
    expect((await client.login(neighbour.username)).status).toBe(200);
    client.move();
    expectProblem(await client.login(member.username.toUpperCase()), LIMITED);
    // Existing sessions continue.
    expect((await vpms.http.get('/api/auth/me', { token: member.token })).status).toBe(200);
  });

  it('end with their window, which no further attempt extends', async () => {
    const { username } = await createMember(vpms);
    client.move();
    await client.failTimes(10, username);
    const start = Date.now();
    vi.useFakeTimers({ toFake: ['Date'], now: start + 890_000 });
    const refused = await client.login(username);
    expectProblem(refused, LIMITED);
    expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(10);
    vi.setSystemTime(start + 900_000);
    expect((await client.login(username)).status).toBe(200);
  });

  it('apply equally to an unknown name', async () => {
    client.move();
    await client.failTimes(10, 'unknown.driver');
    const refused = await client.login('unknown.driver');
    expectProblem(refused, LIMITED);
    expect(refused.body.message).toContain('this account');
  });

  it('are separate for the two login routes', async () => {
    const admin = await createMember(vpms, 'admin');
    client.move();
    await client.failTimes(10, admin.username, 'user');
    expectProblem(await client.login(admin.username), LIMITED);
    expect((await client.login(admin.username, PASSWORD, 'admin')).status).toBe(200);
  });

  it('count each of a hundred concurrent attempts', async () => {
    const { username } = await createMember(vpms);
    client.move();
    const responses = await Promise.all(
      Array.from({ length: 100 }, () => client.login(username, 'wrong')),
    );
    const statuses = responses.map(({ status }) => status);
    const checked = statuses.filter((status) => status === 401).length;
    // One attempt runs and five wait; more are checked only if the requests did not arrive at once.
    expect(checked).toBeGreaterThanOrEqual(6);
    expect(checked).toBeLessThanOrEqual(10);
    expect(statuses.filter((status) => status === 429)).toHaveLength(100 - checked);
    await client.failTimes(10 - checked, username);
    expectProblem(await client.login(username, 'wrong'), LIMITED);
  });

  it('never count a right password, even of many concurrent logins', async () => {
    const { username } = await createMember(vpms);
    client.move();
    await client.failTimes(2, username);
    const responses = await Promise.all(Array.from({ length: 6 }, () => client.login(username)));
    expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([200]));
    // The wrong passwords count for every address from which the account has not logged in, such as this one.
    client.move();
    const last = await client.login(username);
    expect(last.headers.get('ratelimit')).toMatch(
      /^"wrong-passwords-of-account";r=8;t=\d+, "wrong-passwords-from-address";r=100;t=\d+$/,
    );
  });

  it('count no invalid request', async () => {
    const { username } = await createMember(vpms);
    client.move();
    for (let time = 0; time < 15; time += 1) {
      const body = { username };
      const response = await vpms.http.post('/api/user/login', { body, headers: client.headers });
      expectProblem(response, '400 VALIDATION_FAILED');
    }
    expect((await client.login(username)).status).toBe(200);
  });

  it('refuse an address that tries many accounts, and no other', async () => {
    const members = await createMembers(vpms, 12);
    client.move();
    for (const { username } of members.slice(0, 10)) {
      await Promise.all(Array.from({ length: 5 }, () => client.login(username, 'wrong')));
      await Promise.all(Array.from({ length: 5 }, () => client.login(username, 'wrong')));
    }
    const [eleventh, twelfth] = members.slice(10);
    const refused = await client.login(eleventh?.username ?? '');
    expectProblem(refused, LIMITED);
    expect(refused.body.message).toContain('from this address');
    client.move();
    // An attempt that was refused for its address consumed no point of the account.
    const { headers: left } = await client.login(twelfth?.username ?? '');
    expect(left.get('ratelimit')).toContain('"wrong-passwords-of-account";r=10;');
  });

  it('count the current password of a password change, for the session alone', async () => {
    const { token, username } = await createMember(vpms);
    client.move();
    const change = (current: string) =>
      vpms.http.post('/api/auth/change-password', {
        token,
        body: { current_password: current, new_password: 'new password' },
      });
    for (let time = 0; time < 10; time += 1) {
      expectProblem(await change('wrong'), '400 CURRENT_PASSWORD_WRONG');
    }
    expectProblem(await change(PASSWORD), LIMITED);
    expect((await client.login(username)).status).toBe(200);
  });
});
