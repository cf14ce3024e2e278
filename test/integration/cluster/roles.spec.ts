import { afterEach, beforeEach, expect, it } from 'vitest';
import { Cluster, LONG_TIMEOUTS } from '../../support/servers/cluster.js';
import { describeWithServers } from '../../support/servers/with-servers.js';
import { expectProblem } from '../../support/http/problems.js';
import { loginAdmin, DEFAULT_ADMIN } from '../../support/http/login.js';

const INSTANCES = 10;
/** Maximum milliseconds that a stop takes while no request is running. A running request may add five seconds. */
const PROMPTLY = 8_000;

describeWithServers('a cluster', () => {
  let cluster: Cluster;

  beforeEach(async () => {
    cluster = await Cluster.start();
  }, 60_000);
  afterEach(() => cluster?.[Symbol.asyncDispose](), 60_000);

  it(`starts ${INSTANCES} instances at once on an empty database`, async () => {
    const roles = Array.from({ length: INSTANCES }, (_, index) => (index < 7 ? 'api' : 'worker'));
    const started = await Promise.all(
      roles.map((role) => cluster.launch(role === 'api' ? 'api' : 'worker', LONG_TIMEOUTS)),
    );
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
    for (const process of started) await loginIfApi(process);
    const begin = performance.now();
    const ends = await Promise.all(started.map((process) => process.stop()));
    expect(ends.map(({ code, stderr }) => [code, stderr])).toEqual(ends.map(() => [0, '']));
    expect(performance.now() - begin).toBeLessThan(2 * PROMPTLY);

    async function loginIfApi(process: (typeof started)[number]): Promise<void> {
      if (roles[started.indexOf(process)] === 'api') await loginAdmin(process);
    }
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
      expect(performance.now() - begin).toBeLessThan(PROMPTLY);
    }
  }, 90_000);
});
