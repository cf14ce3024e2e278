import { describe, expect, it } from 'vitest';
import { setTimeout as sleep } from 'node:timers/promises';
import { startTestApp, useTestApp } from '../../support/app/test-app.js';
import { statementsOf } from '../../support/checks/query-plans.js';
import { createLot, createMember } from '../../support/data/factories.js';
import { queryDatabase } from '../../support/data/test-database.js';
import { expectProblem } from '../../support/http/problems.js';

describe('caches of public responses', () => {
  const vpms = useTestApp();

  it.each(['/api/public/lots', '/api/public/lots?near=0,0', '/api/public/lots.geojson'])(
    'keep %s for three seconds, and get 304 while nothing changes',
    async (path) => {
      await createLot(vpms, { latitude: 0, longitude: 0 });
      const { headers, text } = await vpms.http.get(path);
      expect(headers.get('cache-control')).toBe('public, max-age=3');
      const tag = headers.get('etag') ?? '';
      expect(tag).toMatch(/^"[\w-]{22}"$/);
      for (const known of [tag, `W/${tag}`, `"other", ${tag}`, '*']) {
        const again = await vpms.http.get(path, { headers: { 'if-none-match': known } });
        expect([again.status, again.text]).toEqual([304, '']);
        expect(again.headers.get('etag')).toBe(tag);
        expect(again.headers.get('cache-control')).toBe('public, max-age=3');
        expect(again.headers.get('content-type')).toBeNull();
      }
      await createLot(vpms, { latitude: 0, longitude: 0 });
      const changed = await vpms.http.get(path, { headers: { 'if-none-match': tag } });
      expect(changed.status).toBe(200);
      expect(changed.text).not.toBe(text);
    },
  );

  it('do not hide that more lots follow', async () => {
    const number = (await vpms.http.get('/api/public/lots')).body.length + 1;
    await createLot(vpms);
    const path = `/api/public/lots?limit=${number}`;
    const { headers } = await vpms.http.get(path);
    expect(headers.get('link')).toBeNull();
    await createLot(vpms);
    const known = { 'if-none-match': headers.get('etag') ?? '' };
    const changed = await vpms.http.get(path, { headers: known });
    expect(changed.status).toBe(200);
    expect(changed.headers.get('link')).toContain('rel="next"');
  });

  it('are not needed to protect the database', async () => {
    const paths = ['lots', 'lots?near=1,2&radius=5', 'lots.geojson'];
    const get = (path: string) => vpms.http.get(`/api/public/${path}`);
    const getAll = async () => {
      for (const path of paths) expect((await get(path)).status).toBe(200);
    };
    await getAll();
    const statements = await statementsOf(vpms, async () => {
      for (let round = 0; round < 20; round += 1) await getAll();
    });
    // A value may expire meanwhile. Without the cache, each of the 60 requests would query the lots.
    const reads = statements.filter(({ text }) => text.includes('FROM lots'));
    expect(reads.length).toBeLessThan(10);
  });

  it('hold what another program wrote after at most five seconds', async () => {
    const { id } = await createLot(vpms, { latitude: 5, longitude: 5 });
    const lots = '/api/public/lots';
    const paths = [lots, `${lots}?near=5,5&radius=1`, `${lots}.geojson`, '/board'];
    for (const path of paths) await vpms.http.get(path);
    await queryDatabase(vpms.dataDirectory, `UPDATE lots SET name = 'Changed' WHERE id = ${id}`);
    // The program keeps values for two seconds, and clients may keep responses for three more.
    await sleep(2_050);
    for (const path of paths) expect((await vpms.http.get(path)).text).toContain('Changed');
  });
});

describe('PUBLIC_BOARD=false', () => {
  it.each(['/api/public/lots', '/api/public/lots.geojson', '/api/public/nope'])(
    'removes %s',
    async (path) => {
      await using vpms = await startTestApp({ environment: { PUBLIC_BOARD: 'false' } });
      const { token } = await createMember(vpms, 'admin');
      expectProblem(await vpms.http.get(path), '404 ROUTE_NOT_FOUND');
      expectProblem(await vpms.http.get(path, { token }), '404 ROUTE_NOT_FOUND');
      expect((await vpms.http.request('HEAD', path)).status).toBe(404);
      const origin = { origin: 'https://other.example' };
      const { headers } = await vpms.http.request('OPTIONS', path, { headers: origin });
      // The preflight response is the one of all other routes, not the one of public routes.
      expect(headers.get('access-control-allow-headers')).not.toContain('If-None-Match');
    },
  );
});

describe('CORS of public routes', () => {
  const vpms = useTestApp({
    environment: { CORS_ORIGINS: 'https://app.example' },
  });
  const origin = 'https://other.example';

  it.each(['/api/public/lots', '/api/public/lots.geojson', '/api/public/lots?near=x'])(
    'is open to every page: %s',
    async (path) => {
      for (const headers of [{ origin }, { origin: 'https://app.example' }, undefined]) {
        const response = await vpms.http.get(path, { headers });
        expect(response.headers.get('access-control-allow-origin')).toBe('*');
        expect(response.headers.get('access-control-expose-headers')).toContain('ETag');
        expect(response.headers.get('vary')).toBeNull();
      }
      const preflight = await vpms.http.request('OPTIONS', path, {
        headers: {
          origin,
          'access-control-request-method': 'GET',
          'access-control-request-headers': 'if-none-match',
        },
      });
      expect(preflight.status).toBe(204);
      expect(preflight.headers.get('access-control-allow-origin')).toBe('*');
      expect(preflight.headers.get('access-control-allow-headers')).toContain('If-None-Match');
    },
  );

  it.each(['/api/publicity', '/api/user/stats', '/'])('is not open: %s', async (path) => {
    const { headers } = await vpms.http.get(path, { headers: { origin } });
    expect(headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('public requests of one address', () => {
  it('are limited, and counted for all routes together', async () => {
    await using vpms = await startTestApp({ environment: { RATE_LIMIT_ENABLED: 'true' } });
    const get = (path: string) => vpms.http.get(`/api/public/${path}`);
    const paths = Array.from({ length: 3_000 }, (_, index) => ['lots', 'lots.geojson'][index % 2]);
    for (let index = 0; index < paths.length; index += 100) {
      const batch = paths.slice(index, index + 100).map((path) => get(path ?? ''));
      for (const { status } of await Promise.all(batch)) expect(status).toBe(200);
    }
    const refused = await get('lots');
    expectProblem(refused, '429 RATE_LIMITED');
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  });
});
