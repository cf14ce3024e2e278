import { beforeEach, expect, it } from 'vitest';
import { untilEndOfTest } from '../../support/app/until-end-of-test.js';
import { Cluster, LONG_TIMEOUTS } from '../../support/cluster/cluster.js';
import { describeWithServers } from '../../support/servers/with-servers.js';
import { expectProblem } from '../../support/http/problems.js';
import { loginAdmin, DEFAULT_ADMIN } from '../../support/http/login.js';

/** The duration of a stop while no request is running, in milliseconds. A running request may add five seconds. */
const LONGEST_STOP = 8_000;

describeWithServers('a cluster', () => {
  let cluster: Cluster;

  beforeEach(async () => {
    cluster = untilEndOfTest(await Cluster.start());
  });

  it('starts ten instances at once on an empty database', async () => {
    const launch = (role: 'api' | 'worker', count: number) =>
      Promise.all(Array.from({ length: count }, () => cluster.launch(role, LONG_TIMEOUTS)));
    const [apis, workers] = await Promise.all([launch('api', 7), launch('worker', 3)]);
    const started = [...apis, ...workers];
    for (const { http } of started) {
      expect((await http.get('/health/ready')).body).toEqual({
        status: 'ok',
        dependencies: { database: 'up', redis: 'up' },
      });
    }
    const migrations = await cluster.sql<{ name: string }>(
      'SELECT name FROM migrations ORDER BY id',
    );
    const names = migrations.map(({ name }) => name);
    expect(names).toContain('InitialSchema1767225600000');
    expect(new Set(names).size).toBe(names.length);
    expect(await cluster.sql('SELECT username, role FROM accounts')).toEqual([
      { username: 'admin', role: 'admin' },
    ]);
    for (const api of apis) await loginAdmin(api);
    const begin = performance.now();
    const ends = await Promise.all(started.map((process) => process.stop()));
    expect(ends.map(({ code, stderr }) => [code, stderr])).toEqual(ends.map(() => [0, '']));
    expect(performance.now() - begin).toBeLessThan(2 * LONGEST_STOP);
  }, 180_000);

  it('serves only health and metrics in a worker, and everything else in an api process', async () => {
    const worker = await cluster.launch('worker');
    const api = await cluster.launch('api');
    for (const path of ['/', '/health', '/health/live', '/health/ready', '/metrics']) {
      expect((await worker.http.get(path)).status).toBe(200);
      expect((await api.http.get(path)).status).toBe(200);
    }
    const { text } = await worker.http.get('/metrics');
    expect(text).toContain('vpms_queue_messages{job="export",state="waiting"} 0');
    expect(text).toContain('vpms_dependency_up{dependency="redis"} 1');
    const token = await loginAdmin(api);
    for (const path of ['/api/admin/stats', '/api/auth/me', '/api/user/stats', '/api/nothing']) {
      expectProblem(await worker.http.get(path, { token }), '404 ROUTE_NOT_FOUND');
    }
    const body = DEFAULT_ADMIN;
    expectProblem(await worker.http.post('/api/admin/login', { body }), '404 ROUTE_NOT_FOUND');
    for (const path of ['/api/docs', '/api/docs-json']) {
      expect((await worker.http.get(path)).status).toBe(404);
      expect((await api.http.get(path)).status).toBe(200);
    }
    for (const started of [worker, api]) {
      const begin = performance.now();
      const { code, stderr } = await started.stop();
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(performance.now() - begin).toBeLessThan(LONGEST_STOP);
    }
  }, 90_000);
});
