import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { requestExport, waitForExport } from '../../support/scenes/exports.js';
import { createLot, createMember, createMembers } from '../../support/data/factories.js';
import { expectProblem } from '../../support/http/problems.js';
import { PrometheusText } from '../../support/http/prometheus-text.js';
import { startTestApp, useTestApp } from '../../support/app/test-app.js';
import { ON_POSTGRES, queryDatabase } from '../../support/data/test-database.js';

const PAGE = readFileSync(new URL('../../../docs/metrics.md', import.meta.url), 'utf8');
const TOKEN = 'the-token-of-the-metrics';

describe('the metrics', () => {
  const vpms = useTestApp();

  const scrape = async (): Promise<PrometheusText> => {
    const { status, text } = await vpms.http.get('/metrics');
    expect(status).toBe(200);
    return new PrometheusText(text);
  };
  const change = (sql: string) => queryDatabase(vpms.dataDirectory, sql);
  const book = (token: string, lotId: number, headers: Record<string, string> = {}) =>
    vpms.as({ token }).book(lotId, {}, { headers });

  it('are returned as uncacheable text for Prometheus', async () => {
    const { headers } = await vpms.http.get('/metrics');
    expect(headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(headers.get('cache-control')).toBe('no-store');
    const { families } = await scrape();
    expect(families.get('vpms_http_request_duration_seconds')).toBe('histogram');
    for (const name of ['nodejs_eventloop_lag_p99_seconds', 'process_resident_memory_bytes']) {
      expect(families.get(name)).toBe('gauge');
    }
  });

  it('are exactly those in docs/metrics.md', async () => {
    const { families } = await scrape();
    const found = [...families.keys()].filter((name) => name.startsWith('vpms_'));
    const described = [...PAGE.matchAll(/^\| `(vpms_\w+)`/gm)].map(([, name]) => name);
    // `vpms_queue_messages` is reported only with Redis.
    const here = described.filter((name) => name !== 'vpms_queue_messages');
    expect(new Set(found)).toEqual(new Set(here));
    const alerts = PAGE.slice(PAGE.indexOf('## Alerts'));
    for (const [name] of alerts.matchAll(/\b(vpms|nodejs|process)_\w+/g)) {
      const family = name.replace(/_(bucket|count|sum)$/, '');
      expect([...families.keys(), 'vpms_queue_messages']).toContain(family);
    }
  });

  it('measure each request under its route, and all unknown routes under one', async () => {
    const { token } = await createMember(vpms);
    const name = 'vpms_http_request_duration_seconds';
    await vpms.http.get('/api/user/export-csv-status/secret-1', { token });
    await vpms.http.get('/nothing/secret-2');
    await vpms.http.get('/nothing/secret-3?token=secret');
    // The client may receive a response slightly before the program counts it.
    const count = async (labels: Record<string, string>) =>
      (await scrape()).value(`${name}_count`, labels);
    const unknown = { method: 'GET', route: 'none', status: '404' };
    await expect.poll(() => count(unknown)).toBe(2);
    const route = '/api/user/export-csv-status/:task_id';
    expect(await count({ method: 'GET', route, status: '404' })).toBe(1);
    expect((await vpms.http.get('/metrics')).text).not.toContain('secret');
    const bounds = (await scrape()).all(`${name}_bucket`).map(({ labels }) => labels['le']);
    expect(bounds).toContain('0.005');
  });

  it('count new bookings, releases, and refusals by code', async () => {
    const { id } = await createLot(vpms, { numberOfSpots: 1 });
    const [driver, other] = await createMembers(vpms, 2);
    const token = driver?.token ?? '';
    const before = await scrape();
    const key = { 'idempotency-key': 'once' };
    const booking = await book(token, id, key);
    expect((await book(token, id, key)).headers.get('idempotency-replayed')).toBe('true');
    expectProblem(await book(token, id), '409 ALREADY_PARKED');
    expectProblem(await book(other?.token ?? '', id), '409 LOT_FULL');
    await vpms.as({ token }).leave(booking.body.id);
    expectProblem(await vpms.as({ token }).release(booking.body.id), '409 ALREADY_RELEASED');
    const after = await scrape();
    const increase = (name: string, labels: Record<string, string>) =>
      (after.value(name, labels) ?? 0) - (before.value(name, labels) ?? 0);
    expect(before.value('vpms_bookings_total', { event: 'booked' })).toBe(0);
    expect(increase('vpms_bookings_total', { event: 'booked' })).toBe(1);
    expect(increase('vpms_bookings_total', { event: 'released' })).toBe(1);
    for (const code of ['ALREADY_PARKED', 'LOT_FULL', 'ALREADY_RELEASED']) {
      expect(increase('vpms_problems_total', { code })).toBe(1);
    }
  });

  it('count finished and unfinished background work', async () => {
    const { token } = await createMember(vpms);
    const succeeded = { job: 'export', outcome: 'succeeded' };
    const before = (await scrape()).value('vpms_job_attempts_total', succeeded);
    const task = await requestExport(vpms.http, token);
    await waitForExport(task, 'completed');
    const attempts = async () => (await scrape()).value('vpms_job_attempts_total', succeeded);
    await expect.poll(attempts).toBe((before ?? Number.NaN) + 1);
    const unfinished = (await scrape()).all('vpms_jobs_unfinished');
    const jobs = unfinished.map(({ labels, value }) => `${labels['job']} ${value}`);
    expect(jobs).toContain('export 0');
    await change(`UPDATE exports SET status = 'pending' WHERE id = '${task.id}'`);
    await change(
      "INSERT INTO job_runs (name, period, status, started_at) VALUES ('monthly-reports', '2020-01', 'running', 0)",
    );
    const waiting = await scrape();
    expect(waiting.value('vpms_jobs_unfinished', { job: 'export' })).toBe(1);
    expect(waiting.value('vpms_jobs_unfinished', { job: 'monthly-reports' })).toBe(1);
    await change(`UPDATE exports SET status = 'completed' WHERE id = '${task.id}'`);
    await change("UPDATE job_runs SET status = 'completed'");
  });

  it("show waiting units and hashes, and the cache's look-ups", async () => {
    const { token } = await createMember(vpms);
    const hits = async () => (await scrape()).value('vpms_cache_answers_total', { outcome: 'hit' });
    const before = (await hits()) ?? Number.NaN;
    await vpms.http.get('/api/user/stats', { token });
    await vpms.http.get('/api/user/stats', { token });
    const page = await scrape();
    expect(await hits()).toBe(before + 1);
    expect(page.value('vpms_cache_answers_total', { outcome: 'bypass' })).toBe(0);
    expect(page.value('vpms_database_waiting')).toBe(0);
    expect(page.value('vpms_password_hashes', { state: 'waiting' })).toBe(0);
    const connections = page.all('vpms_database_connections');
    const open = connections.reduce((sum, { value }) => sum + value, 0);
    expect(connections.map(({ labels }) => labels['state'])).toEqual(
      ON_POSTGRES ? ['used', 'idle'] : [],
    );
    if (ON_POSTGRES) expect(open).toBeGreaterThan(0);
    const logins = Array.from({ length: 12 }, () =>
      vpms.http.post('/api/user/login', { body: { username: 'unknown', password: 'wrong' } }),
    );
    const waiting = async () =>
      (await scrape()).value('vpms_password_hashes', { state: 'waiting' }) ?? 0;
    await expect.poll(waiting, { interval: 1 }).toBeGreaterThan(0);
    await Promise.all(logins);
  });

  it('omit what cannot be read while the database is down', async () => {
    await change('ALTER TABLE migrations RENAME TO renamed');
    await change('ALTER TABLE job_runs RENAME TO renamed_too');
    const down = await scrape();
    expect(down.value('vpms_dependency_up', { dependency: 'database' })).toBe(0);
    expect(down.all('vpms_jobs_unfinished')).toEqual([]);
    expect(down.value('vpms_database_waiting')).toBe(0);
    await change('ALTER TABLE renamed_too RENAME TO job_runs');
    await change('ALTER TABLE renamed RENAME TO migrations');
    const up = await scrape();
    expect(up.value('vpms_dependency_up', { dependency: 'database' })).toBe(1);
    expect(up.all('vpms_jobs_unfinished')).not.toEqual([]);
  });

  it('require METRICS_TOKEN if it is set, and are separate for each application', async () => {
    await using other = await startTestApp({ environment: { METRICS_TOKEN: TOKEN } });
    const missing = await other.http.get('/metrics');
    expectProblem(missing, '401 TOKEN_MISSING');
    expect(missing.headers.get('www-authenticate')).toMatch(/^Bearer/);
    const admin = await createMember(other, 'admin');
    for (const token of [admin.token, `${TOKEN}x`, TOKEN.slice(1), TOKEN.toUpperCase()]) {
      expectProblem(await other.http.get('/metrics', { token }), '401 TOKEN_INVALID');
    }
    const headers = { authorization: `Basic ${TOKEN}` };
    expectProblem(await other.http.get('/metrics', { headers }), '401 TOKEN_INVALID');
    const { status, text } = await other.http.get('/metrics', { token: TOKEN });
    expect(status).toBe(200);
    const page = new PrometheusText(text);
    expect(page.value('vpms_bookings_total', { event: 'booked' })).toBe(0);
    expect(page.value('vpms_problems_total', { code: 'TOKEN_MISSING' })).toBe(1);
  });

  it('are returned in production without METRICS_TOKEN to clients on this machine only', async () => {
    const environment = {
      NODE_ENV: 'production',
      JWT_SECRET: 'a secret of more than thirty-two characters',
      ADMIN_PASSWORD: 'correct horse battery staple',
    };
    const statuses = async (trusted: string, addresses: readonly string[]) => {
      await using other = await startTestApp({
        environment: { ...environment, TRUST_PROXY: trusted },
      });
      const direct = await other.http.get('/metrics');
      const forwarded = addresses.map((address) =>
        other.http.get('/metrics', { headers: { 'x-forwarded-for': address } }),
      );
      return [direct, ...(await Promise.all(forwarded))].map(({ status }) => status);
    };
    const addresses = ['192.0.2.1', '127.0.0.1, 192.0.2.1', '2001:db8::1', 'unknown'];
    expect(await statuses('loopback', addresses)).toEqual([200, 404, 404, 404, 404]);
    expect(await statuses('1', addresses)).toEqual([200, 404, 404, 404, 404]);
    expect(await statuses('loopback', ['127.0.0.1', '::1', '::ffff:127.0.0.1'])).toEqual([
      200, 200, 200, 200,
    ]);
    // The proxy is not trusted, so the client's address is the address of the proxy.
    expect(await statuses('', ['192.0.2.1', '127.0.0.1'])).toEqual([200, 404, 404]);
  });
});
