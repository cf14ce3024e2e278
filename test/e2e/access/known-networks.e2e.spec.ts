import { describe, expect, it } from 'vitest';
import { createMember, PASSWORD } from '../../support/data/factories.js';
import { queryDatabase } from '../../support/data/test-database.js';
import {
  LIMITED,
  LIMITED_ENVIRONMENT,
  MovingClient,
} from '../../support/http/clients/moving-client.js';
import { expectProblem } from '../../support/http/problems.js';
import { startTestApp, type TestApp, useTestApp } from '../../support/app/test-app.js';

describe('wrong passwords from elsewhere', () => {
  const vpms = useTestApp({ environment: LIMITED_ENVIRONMENT });
  const client = new MovingClient(vpms);

  const strangers = async (username: string, role: string) => {
    for (let count = 0; count < 12; count += 1) {
      client.move();
      await client.login(username, 'wrong', role);
    }
    client.move();
    expectProblem(await client.login(username, PASSWORD, role), LIMITED);
  };

  it.each(['user', 'admin'] as const)(
    'never refuse the %s at an address of an earlier login, nor in an existing session',
    async (role) => {
      const { username } = await createMember(vpms, role);
      const home = client.move();
      const token = String((await client.login(username, PASSWORD, role)).body.token);
      await strangers(username, role);
      client.address = home;
      expect((await client.login(username, PASSWORD, role)).status).toBe(200);
      // Guessing from the known network is limited too, separately from attempts elsewhere.
      await client.failTimes(10, username, role);
      expectProblem(await client.login(username, PASSWORD, role), LIMITED);
      const change = await vpms.http.post('/api/auth/change-password', {
        token,
        headers: client.headers,
        body: { current_password: PASSWORD, new_password: 'another password' },
      });
      expect(change.status, change.text).toBe(204);
    },
  );

  it('never refuse another address of the same /64 network', async () => {
    const { username } = await createMember(vpms);
    client.address = '2001:db8:1:2::1';
    expect((await client.login(username)).status).toBe(200);
    await strangers(username, 'user');
    client.address = '2001:db8:1:2:ffff::9';
    expect((await client.login(username)).status).toBe(200);
    client.address = '2001:db8:1:3::1';
    expectProblem(await client.login(username), LIMITED);
  });

  it('never refuse the owner after a restart, which empties the counters', async () => {
    const first = await startTestApp({ environment: LIMITED_ENVIRONMENT });
    const { username } = await createMember(first);
    const from = (app: TestApp, origin: string, password: string) =>
      app.http.post('/api/user/login', {
        body: { username, password },
        headers: { 'x-forwarded-for': origin },
      });
    expect((await from(first, '198.51.100.7', PASSWORD)).status).toBe(200);
    const { dataDirectory } = first;
    await first.stop();
    await using second = await startTestApp({ environment: LIMITED_ENVIRONMENT, dataDirectory });
    for (let count = 0; count < 11; count += 1) await from(second, `198.51.100.${count + 20}`, 'x');
    expectProblem(await from(second, '198.51.100.99', PASSWORD), LIMITED);
    expect((await from(second, '198.51.100.7', PASSWORD)).status).toBe(200);
  });

  it('never refuse a login from one of the 20 networks that the account used last', async () => {
    const { id, username } = await createMember(vpms);
    for (let count = 0; count < 23; count += 1) {
      client.move();
      expect((await client.login(username)).status).toBe(200);
    }
    const rows = await queryDatabase(
      vpms.dataDirectory,
      `SELECT network FROM login_networks WHERE account_id = ${id}`,
    );
    expect(rows).toHaveLength(20);
    expect(rows).toContainEqual({ network: client.address });
  });
});
