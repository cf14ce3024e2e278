import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { useCluster } from '../../support/cluster/use-cluster.js';
import { describeWithServers } from '../../support/servers/with-servers.js';
import { expectProblem } from '../../support/http/problems.js';
import { runCli } from '../../support/processes/run-cli.js';
import type { VpmsProcess } from '../../support/processes/processes.js';

const PASSWORD = 'a long and rare one';
const ROUNDS = 10;
/** Milliseconds by which each round disables the account later than the round before. */
const DELAY = 6;

describeWithServers('two instances', () => {
  const cluster = useCluster();

  const me = ({ http }: VpmsProcess, token: string) => http.get('/api/auth/me', { token });
  const disable = ({ http }: VpmsProcess, path: string, token = cluster.admin) =>
    http.request('PATCH', `/api/admin/${path}`, { token, body: { disabled: true } });

  it('refuse an account immediately after it is disabled on the other', async () => {
    const drivers = await cluster.addDrivers(20);
    for (const [index, { id, token }] of drivers.entries()) {
      const [here, there] = [cluster.api(index), cluster.api(index + 1)];
      expect((await me(there, token)).status).toBe(200);
      expect((await disable(here, `users/${id}`)).status).toBe(200);
      expectProblem(await me(there, token), '401 TOKEN_REVOKED');
      expectProblem(await me(here, token), '401 TOKEN_REVOKED');
    }
  }, 60_000);

  it('keep no session of a login that is concurrent with the disabling of the account on the other', async () => {
    const body = { username: 'raced', email: 'raced@example.com', password: PASSWORD };
    const { http } = cluster.api(0);
    const { id } = (await http.post('/api/admin/users', { token: cluster.admin, body })).body;
    let tokens = 0;
    for (let round = 0; round < 2 * ROUNDS; round += 1) {
      const enable = { token: cluster.admin, body: { disabled: false } };
      expect((await http.request('PATCH', `/api/admin/users/${id}`, enable)).status).toBe(200);
      const login = { username: 'raced', password: PASSWORD };
      const [, ...logins] = await Promise.all([
        // The first rounds disable the account before the password is hashed, the last ones afterwards.
        sleep(round * DELAY).then(() => disable(cluster.api(round), `users/${id}`)),
        ...cluster.apis.map((api) => api.http.post('/api/user/login', { body: login })),
      ]);
      for (const response of logins) {
        if (response.status !== 200) expectProblem(response, '401 CREDENTIALS_WRONG');
        const token: unknown = response.body.token;
        if (typeof token !== 'string') continue;
        tokens += 1;
        for (const api of cluster.apis) expectProblem(await me(api, token), '401 TOKEN_REVOKED');
      }
      const live = `SELECT COUNT(*) FROM sessions WHERE account_id = $1`;
      expect(await cluster.count(live, [id])).toBe(0);
    }
    expect(tokens, 'logins before the disabling').toBeGreaterThan(0);
  }, 60_000);

  it('return nothing about a person who was erased on the other, neither from memory nor from the cache', async () => {
    const lot = await cluster.addLot(2);
    const login = { username: 'Vivian.Parting', password: PASSWORD };
    const person = { ...login, email: 'vivian@example.com' };
    const traces = /vivian|lp.?77/i;
    for (let round = 0; round < ROUNDS; round += 1) {
      const [here, there] = [cluster.api(round), cluster.api(round + 1)];
      // Succeeds in each round, because the erasure in the round before freed the name.
      const registered = await there.http.post('/api/user/register', { body: person });
      expect(registered.status, registered.text).toBe(201);
      const { id } = registered.body.user;
      const { token } = (await there.http.post('/api/user/login', { body: login })).body;
      const api = there.http.as({ token });
      await api.addVehicle({ plate: 'LP 77' });
      await api.leave((await api.park(lot, { vehicle_number: 'LP-77', remarks: 'for vivian' })).id);
      const views = async ({ http }: VpmsProcess) => {
        const paths = [
          'users',
          `users?search=${person.username}`,
          'recent-activity',
          `bookings?user_id=${id}&status=any`,
          'audit-log',
          'stats',
        ];
        const all = paths.map((path) => http.get(`/api/admin/${path}`, { token: cluster.admin }));
        return (await Promise.all(all)).map(({ text }) => text);
      };
      // Afterwards both instances may have cached values about the person.
      for (const each of [here, there]) {
        expect((await me(each, token)).text).toMatch(traces);
        await each.http.get('/api/user/stats', { token });
        expect((await views(each)).filter((text) => traces.test(text))).toHaveLength(5);
      }
      const drivers = JSON.parse((await views(there)).at(-1) ?? '').totalUsers;
      const body = { current_password: PASSWORD };
      expect((await here.http.delete('/api/auth/me', { token, body })).status).toBe(204);
      expectProblem(await me(there, token), '401 TOKEN_REVOKED');
      for (const each of [there, here]) {
        const after = await views(each);
        expect(after.filter((text) => traces.test(text))).toEqual([]);
        expect(JSON.parse(after.at(-1) ?? '').totalUsers).toBe(drivers - 1);
        const found = await each.http.get(`/api/admin/users/${id}`, { token: cluster.admin });
        expectProblem(found, '404 ACCOUNT_NOT_FOUND');
        const refused = await each.http.post('/api/user/login', { body: login });
        expectProblem(refused, '401 CREDENTIALS_WRONG');
      }
    }
  }, 120_000);

  it('keep one operator enabled if two operators disable each other on different instances', async () => {
    const causes = new Set<string>();
    const { http } = cluster.api(0);
    const members = await Promise.all(
      ['left', 'right'].map(async (username) => {
        const body = { username, email: `${username}@example.com`, password: PASSWORD };
        const added = await http.post('/api/admin/admins', { token: cluster.admin, body });
        return added.body.id as number;
      }),
    );
    const [left = 0, right = 0] = members;
    const login = async (username: string) => {
      const body = { username, password: PASSWORD };
      return String((await http.post('/api/admin/login', { body })).body.token);
    };
    for (let round = 0; round < ROUNDS; round += 1) {
      await cluster.sql('UPDATE accounts SET disabled_at = NULL WHERE id = ANY($1)', [members]);
      const [ofLeft, ofRight] = [await login('left'), await login('right')];
      await cluster.sql(
        `UPDATE accounts SET disabled_at = 1 WHERE role = 'admin' AND id <> ALL($1)`,
        [members],
      );
      const responses = await Promise.all([
        disable(cluster.api(0), `admins/${right}`, ofLeft),
        disable(cluster.api(1), `admins/${left}`, ofRight),
      ]);
      for (const { status, body } of responses) causes.add(`${status} ${body.code ?? ''}`);
      const enabled = `SELECT COUNT(*) FROM accounts WHERE role = 'admin' AND disabled_at IS NULL`;
      expect(await cluster.count(enabled)).toBe(1);
      expect(responses.filter(({ status }) => status === 200)).toHaveLength(1);
    }
    expect(['200 ', '401 TOKEN_REVOKED', '409 LAST_ADMIN']).toEqual(
      expect.arrayContaining([...causes]),
    );
    expect(causes).toContain('409 LAST_ADMIN');
    await cluster.sql('UPDATE accounts SET disabled_at = NULL');
  }, 60_000);

  it('refuse a session immediately after it is ended on the other', async () => {
    const driver = await cluster.addDriver();
    const [here, there] = cluster.apis;
    const { body } = await here.http.get('/api/auth/sessions', driver);
    expect(body).toMatchObject([{ current: true, created_at: null }]);
    const ended = await here.http.delete(`/api/auth/sessions/${body[0].id}`, driver);
    expect(ended.status).toBe(204);
    expectProblem(await me(there, driver.token), '401 TOKEN_REVOKED');
  });

  it('apply immediately what an e-mail change, a reset link or the command line changed on the other', async () => {
    const [here, there] = cluster.apis;
    const account = { username: 'linked', email: 'linked@example.com', password: PASSWORD };
    const login = async (role: 'user' | 'admin', password: string, username = 'linked') => {
      const body = { username, password };
      const response = await there.http.post(`/api/${role}/login`, { body });
      expect(response.status, response.text).toBe(200);
      return String(response.body.token);
    };
    const added = { token: cluster.admin, body: account };
    const { id } = (await here.http.post('/api/admin/users', added)).body;
    const token = await login('user', PASSWORD);
    const path = `/api/admin/users/${id}`;
    const issue = async () => {
      const { body } = await here.http.post(`${path}/reset-password`, { token: cluster.admin });
      return new URL(body.reset_url).searchParams.get('token') ?? '';
    };
    const useAt = ({ http }: VpmsProcess, link: string) =>
      http.post('/api/auth/reset-password', {
        body: { token: link, new_password: `${PASSWORD} 2` },
      });

    const withdrawn = await issue();
    expect((await me(there, token)).body.email).toBe('linked@example.com');
    const change = { token: cluster.admin, body: { email: 'other@example.com' } };
    expect((await here.http.request('PATCH', path, change)).status).toBe(200);
    expect((await me(there, token)).body.email).toBe('other@example.com');
    expectProblem(await useAt(there, withdrawn), '410 RESET_LINK_GONE');

    const link = await issue();
    expect((await useAt(here, link)).status).toBe(204);
    expectProblem(await useAt(there, link), '410 RESET_LINK_GONE');
    expectProblem(await me(there, token), '401 TOKEN_REVOKED');
    await login('user', `${PASSWORD} 2`);

    const operator = { ...account, username: 'shell', email: 'shell@example.com' };
    await here.http.post('/api/admin/admins', { token: cluster.admin, body: operator });
    const ofOperator = await login('admin', PASSWORD, 'shell');
    expect((await me(there, ofOperator)).status).toBe(200);
    const { code, stderr } = await runCli('tools/admin/admin-cli.js', {
      args: ['reset-password', 'shell'],
      input: `${PASSWORD} 3\n`,
      environment: { DATABASE_URL: cluster.postgres.url },
    });
    expect([code, stderr]).toEqual([0, '']);
    expectProblem(await me(there, ofOperator), '401 TOKEN_REVOKED');
    await login('admin', `${PASSWORD} 3`, 'shell');
  }, 60_000);
});
