import { beforeAll, describe, expect, it } from 'vitest';
import { FixedClock } from '../../support/app/fixed-clock.js';
import { startTestApp, useTestApp } from '../../support/app/test-app.js';
import { createLot, createMember } from '../../support/data/factories.js';
import { expectProblem } from '../../support/http/problems.js';

const clock = new FixedClock('2026-03-01T21:04:05.000Z');

describe('the board', () => {
  const vpms = useTestApp({ clock, environment: { TIMEZONE: 'Asia/Kolkata' } });
  let html: string;
  let lotIds: number[];

  beforeAll(async () => {
    const lots = [
      await createLot(vpms, { name: 'Lot 10', numberOfSpots: 30 }),
      await createLot(vpms, { name: 'Lot 2', numberOfSpots: 2 }),
      await createLot(vpms, { name: `<script>alert("1")</script> & 'x'`, numberOfSpots: 1 }),
    ];
    lotIds = lots.map(({ id }) => id);
    await vpms.as(await createMember(vpms)).book(lotIds[1] ?? 0);
    await vpms.as(await createMember(vpms)).book(lotIds[2] ?? 0);
    html = (await vpms.http.get('/board')).text;
  });

  const lot = (id: number | undefined) => html.split(`data-lot="${id}"`)[1]?.split('</li>')[0];

  it('shows the free spots and the state of each lot without a script', () => {
    const [free, few, full] = lotIds.map(lot);
    expect(free).toMatch(/data-state="free"[^]*class="count">30<[^]*#free[^]*>Free</);
    expect(few).toMatch(/data-state="few"[^]*class="count">1<[^]*of 2<[^]*#few[^]*>Few left</);
    expect(full).toMatch(/data-state="full"[^]*class="count">0<[^]*#full[^]*>Full</);
  });

  it('shows the local time', () => {
    expect(html).toContain('<time id="clock">02:34</time><span id="date">Monday 2 March</span>');
    expect(html).toContain('As of 02:34:05.');
    expect(html).toContain('data-zone="Asia/Kolkata"');
  });

  it('sorts lots by name, numbers by their value', () => {
    const order = [...html.matchAll(/data-lot="(\d+)"/g)].map(([, id]) => Number(id));
    expect(order.slice(-2)).toEqual([lotIds[1], lotIds[0]]);
  });

  it('escapes names', () => {
    expect(html).toContain('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#x27;x&#x27;');
    expect(html).not.toContain('<script>alert');
  });

  it('allows its own files only, and contains no inline script or style', async () => {
    const { headers } = await vpms.http.get('/board');
    expect(headers.get('content-security-policy')?.split('; ')).toEqual([
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "img-src 'self'",
      "connect-src 'self'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ]);
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(html).not.toMatch(/<style|style=|<script(?! src="board\/board\.js" defer>)| on\w+=/);
    const addresses = [...html.matchAll(/(?:src|href)="([^"#]+)"/g)].map(([, address]) => address);
    expect(addresses).toEqual(['board/icon.svg', 'board/board.css', 'board/board.js']);
  });

  it('loads everything by relative addresses, so that PUBLIC_URL may have a path', async () => {
    const { text: script } = await vpms.http.get('/board/board.js');
    const loaded = [
      ...html.matchAll(/(?:src|href)="([^"#]+)"/g),
      ...script.matchAll(/(?:fetch|EventSource)\('([^']+)'/g),
    ].map(([, address = '']) => new URL(address, 'https://example.com/parking/board').pathname);
    expect(loaded.toSorted()).toEqual([
      '/parking/api/public/lots',
      '/parking/api/public/occupancy',
      '/parking/board',
      '/parking/board/board.css',
      '/parking/board/board.js',
      '/parking/board/icon.svg',
    ]);
    expectProblem(await vpms.http.get('/board/'), '404 ROUTE_NOT_FOUND');
  });

  it.each([
    ['/board/board.js', 'text/javascript; charset=utf-8', 60],
    ['/board/board.css', 'text/css; charset=utf-8', 60],
    ['/board/icon.svg', 'image/svg+xml', 60],
    ['/board', 'text/html; charset=utf-8', 3],
  ])('serves %s to caches', async (path, type, seconds) => {
    const { status, headers, text } = await vpms.http.get(path);
    expect([status, headers.get('content-type')]).toEqual([200, type]);
    expect(headers.get('cache-control')).toBe(`public, max-age=${seconds}`);
    expect(text).not.toMatch(/https?:\/\/(?!www\.w3\.org)/);
    const known = { 'if-none-match': headers.get('etag') ?? '' };
    expect((await vpms.http.get(path, { headers: known })).status).toBe(304);
  });

  it('shows a completed booking at once', async () => {
    await vpms.as(await createMember(vpms)).book(lotIds[0] ?? 0);
    html = (await vpms.http.get('/board')).text;
    expect(lot(lotIds[0])).toContain('class="count">29<');
  });

  it('serves no other file', async () => {
    for (const path of ['/board/x', '/board/board.client.js', '/board/..%2fboard-page.js']) {
      expectProblem(await vpms.http.get(path), '404 ROUTE_NOT_FOUND');
    }
  });
});

describe('a board without lots', () => {
  it('states that there are none', async () => {
    await using vpms = await startTestApp();
    expect((await vpms.http.get('/board')).text).toContain('There are no parking lots yet.');
  });

  it('does not exist with PUBLIC_BOARD=false', async () => {
    await using vpms = await startTestApp({ environment: { PUBLIC_BOARD: 'false' } });
    for (const path of ['/board', '/board/board.js', '/board/board.css', '/board/icon.svg']) {
      expectProblem(await vpms.http.get(path), '404 ROUTE_NOT_FOUND');
    }
  });
});
