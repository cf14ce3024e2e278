import { beforeAll, describe, expect, it } from 'vitest';
import {
  createLot,
  createMember,
  createMembers,
  type TestAccount,
} from '../../support/data/factories.js';
import { FixedClock } from '../../support/app/fixed-clock.js';
import type { HttpResponse } from '../../support/http/clients/http-client.js';
import { expectProblem } from '../../support/http/problems.js';
import { useTestApp } from '../../support/app/test-app.js';

interface Item {
  readonly id: number;
}

describe('pages', () => {
  const clock = new FixedClock();
  const vpms = useTestApp({ clock });
  let admin: TestAccount;
  let driver: TestAccount;
  let lotId: number;

  beforeAll(async () => {
    [admin, driver] = [await createMember(vpms, 'admin'), await createMember(vpms)];
    await createMembers(vpms, 5);
    lotId = (await createLot(vpms)).id;
    for (let count = 0; count < 6; count += 1) await createLot(vpms);
    for (let count = 0; count < 6; count += 1) await stay();
  });

  const stay = () => vpms.as(driver).stay(lotId);
  const LISTS = [
    '/api/admin/parking-lots',
    '/api/admin/parking-lots/1/spots',
    '/api/admin/users',
    '/api/admin/audit-log',
    '/api/user/parking-lots/available',
    '/api/user/bookings',
  ];
  const get = (path: string): Promise<HttpResponse> =>
    vpms.http.get(path, { token: (path.startsWith('/api/admin') ? admin : driver).token });
  const idsOf = ({ body }: HttpResponse) => (body as Item[]).map(({ id }) => id);

  /** Follows the links from page to page; `between` runs after each. */
  const readPages = async (
    path: string,
    between: () => Promise<unknown> = async () => undefined,
  ) => {
    const pages: number[][] = [];
    for (let next: string | undefined = path; next !== undefined;) {
      const response: HttpResponse = await get(next);
      expect(response.status, response.text).toBe(200);
      pages.push(idsOf(response));
      next = nextOf(response);
      await between();
    }
    return pages;
  };

  describe.each([...LISTS, '/api/admin/jobs', '/api/user/reports'])('of %s', (path) => {
    it('refuse or ignore a cursor of extreme values, on every database', async () => {
      const values = [0, -1, 2 ** 31 - 1, 2 ** 31, 8.64e15, 8.64e15 + 1, Number.MAX_SAFE_INTEGER];
      const keys = values.flatMap((value) => [[value], [value, 1], [1, value], [value, value]]);
      for (const key of keys.flatMap((each) => [each, each.map((value) => -value)])) {
        const cursor = Buffer.from(key.join('.')).toString('base64url');
        const { status, text } = await get(`${path}?cursor=${cursor}`);
        expect([200, 400], `${key.join('.')}: ${text}`).toContain(status);
      }
    });
  });

  describe.each(LISTS)('of %s', (path) => {
    it('are a bare array, without a link if nothing follows', async () => {
      const response = await get(path);
      expect(Array.isArray(response.body)).toBe(true);
      expect(response.headers.get('link')).toBeNull();
      const exact = await get(`${path}?limit=${idsOf(response).length}`);
      expect(exact.headers.get('link')).toBeNull();
      expect(idsOf(exact)).toEqual(idsOf(response));
    });

    it('together contain the whole list, for every limit', async () => {
      const all = idsOf(await get(path));
      expect(all.length).toBeGreaterThan(4);
      for (const limit of [1, 2, 4, 500]) {
        const pages = await readPages(`${path}?limit=${limit}`);
        expect(pages.flat()).toEqual(all);
        for (const page of pages.slice(0, -1)) expect(page).toHaveLength(limit);
      }
    });

    it('link to the next one (RFC 8288) with all parameters of the request', async () => {
      const response = await get(`${path}?a=1&limit=2&b=%20x%26%3F?&c`);
      const link = /^<([^<>\s]+)>; rel="next"$/.exec(response.headers.get('link') ?? '');
      const next = new URL(link?.[1] ?? '', vpms.http.url);
      expect(next.pathname).toBe(path);
      const { cursor, ...parameters } = Object.fromEntries(next.searchParams);
      expect(cursor).toMatch(/^[\w-]+$/);
      expect(parameters).toEqual({ a: '1', limit: '2', b: ' x&??', c: '' });
      const second = await get(`${next.pathname}${next.search}`);
      const third = nextOf(second) ?? '';
      expect(new URL(third, vpms.http.url).searchParams.getAll('cursor')).toHaveLength(1);
    });

    it.each(['0', '501', '-1', '1.5', '', 'abc', '1e1', '0x1', '%201', '1,0', '1&limit=2', '９'])(
      'refuse the limit %j',
      async (limit) => {
        const response = await get(`${path}?limit=${limit}`);
        expectProblem(response, '400 VALIDATION_FAILED', ['limit']);
      },
    );

    it.each(['', '1', 'abc', 'MQ==', 'MQ.', '%00', 'MQ&cursor=MQ', 'eA', 'MS41LjY', '🚗'])(
      'refuse the cursor %j',
      async (cursor) => {
        const response = await get(`${path}?cursor=${cursor}`);
        expectProblem(response, '400 VALIDATION_FAILED', ['cursor']);
      },
    );

    it('neither repeat nor skip items while rows are added and released', async () => {
      const before = idsOf(await get(path));
      let writes = 0;
      const pages = await readPages(`${path}?limit=2`, async () => {
        writes += 1;
        if (writes > 5) return;
        clock.advance(1000);
        await createLot(vpms);
        await createMember(vpms);
        await stay();
      });
      const walked = pages.flat();
      expect(new Set(walked).size).toBe(walked.length);
      expect(walked.filter((id) => before.includes(id))).toEqual(before);
    });
  });

  it('contain 500 items by default', async () => {
    const { id } = await createLot(vpms, { numberOfSpots: 1001 });
    const pages = await readPages(`/api/admin/parking-lots/${id}/spots`);
    expect(pages.map((page) => page.length)).toEqual([500, 500, 1]);
  });

  it('keep the search and the status in the link', async () => {
    const users = await readPages('/api/admin/users?search=USER&limit=2');
    const all = await get('/api/admin/users?search=user');
    expect(users.flat()).toEqual(idsOf(all));
    expect((await readPages('/api/user/bookings?status=completed&limit=2')).flat()).toEqual(
      idsOf(await get('/api/user/bookings')),
    );
    expect(await readPages('/api/user/bookings?status=active&limit=1')).toEqual([[]]);
  });

  it('distinguish bookings of the same millisecond', async () => {
    const pages = await readPages('/api/user/bookings?limit=1');
    const parked = (await get('/api/user/bookings')).body as { parking_timestamp: string }[];
    const instants = new Set(parked.map(({ parking_timestamp: instant }) => instant));
    expect(instants.size).toBeLessThan(parked.length);
    expect(new Set(pages.flat()).size).toBe(parked.length);
  });
});

/** Path and query of the next page, from the response's link. */
function nextOf({ headers }: HttpResponse): string | undefined {
  return /^<(.+)>; rel="next"$/.exec(headers.get('link') ?? '')?.[1];
}
