import { beforeEach, describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../../src/platform/time/durations.js';
import { FixedClock } from '../../support/app/fixed-clock.js';
import { waitUntil } from '../../support/app/job-runs.js';
import { ON_POSTGRES } from '../../support/data/test-database.js';
import { startTestApp, type TestApp, useTestApp } from '../../support/app/test-app.js';
import { createGate, createLot, createMember, PASSWORD } from '../../support/data/factories.js';
import { GateClient } from '../../support/http/clients/gate-client.js';
import { expectProblem } from '../../support/http/problems.js';
import type { ApiClient } from '../../support/http/clients/api-client.js';

const START = '2026-03-02T08:00:00.000Z';
const clock = new FixedClock(START);
const vpms = useTestApp({ clock, environment: { JWT_EXPIRES_IN: '31536000' } });
let admin: ApiClient;
let token: string;
let lotId: number;

beforeEach(async () => {
  clock.set(START);
  const account = await createMember(vpms, 'admin');
  token = account.token;
  admin = vpms.as(account);
  lotId = (await createLot(vpms, { numberOfSpots: 2, pricePerHour: 1_000, timeZone: 'UTC' })).id;
});

const analytics = async (query: string) => {
  const { status, text, body } = await admin.get(`/api/admin/analytics?${query}`);
  expect(status, text).toBe(200);
  return body;
};
const today = (by: string) =>
  analytics(`lot_id=${lotId}&from=2026-03-02&until=2026-03-03&by=${by}`);

/** A driver who parks now. */
const park = async () => {
  const driver = vpms.as(await createMember(vpms));
  const { id } = await driver.park(lotId);
  return { leave: () => driver.leave(id) };
};

describe('analytics', () => {
  it('count a stay in each hour in which it is present', async () => {
    clock.advance(30 * MINUTE);
    const { leave } = await park();
    clock.advance(90 * MINUTE);
    await leave();
    clock.advance(HOUR / 4);
    const none = { arrivals: 0, departures: 0, no_shows: 0, average_dwell_minutes: null };
    expect(await today('hour')).toEqual([
      {
        ...none,
        lot_id: lotId,
        sessions: 1,
        arrivals: 1,
        peak_occupied: 1,
        revenue: 0,
        from: '2026-03-02T08:00:00.000Z',
        until: '2026-03-02T09:00:00.000Z',
        turnover: 0.5,
        occupancy_percent: 25,
      },
      {
        ...none,
        lot_id: lotId,
        sessions: 1,
        peak_occupied: 1,
        revenue: 0,
        from: '2026-03-02T09:00:00.000Z',
        until: '2026-03-02T10:00:00.000Z',
        turnover: 0.5,
        occupancy_percent: 50,
      },
      {
        // The car leaves at its first moment.
        ...none,
        lot_id: lotId,
        sessions: 0,
        departures: 1,
        peak_occupied: 0,
        revenue: 20,
        from: '2026-03-02T10:00:00.000Z',
        until: '2026-03-02T11:00:00.000Z',
        average_dwell_minutes: 90,
        turnover: 0,
        occupancy_percent: 0,
      },
    ]);
    expect(await today('day')).toMatchObject([
      { sessions: 1, arrivals: 1, departures: 1, average_dwell_minutes: 90, revenue: 20 },
    ]);
  });

  it('round quotients half up to two decimals', async () => {
    const { leave } = await park();
    clock.advance(3 * MINUTE);
    await leave();
    clock.advance(157 * MINUTE);
    // 3 of 2 × 160 minutes: 0.9375 %.
    expect(await today('day')).toMatchObject([{ occupancy_percent: 0.94, turnover: 0.5 }]);
  });

  it('count a fee when it arises, and the reservation as a no-show', async () => {
    const driver = vpms.as(await createMember(vpms));
    const from = new Date(clock.now().getTime() + HOUR);
    const until = new Date(from.getTime() + HOUR);
    expect((await driver.bookAhead({ lot_id: lotId, from, until })).status).toBe(201);
    clock.advance(5 * HOUR);
    expect(await today('hour')).toMatchObject([
      { no_shows: 0 },
      { no_shows: 1, revenue: 10, sessions: 0, from: '2026-03-02T09:00:00.000Z' },
      { no_shows: 0 },
      {},
      {},
      {},
    ]);
  });

  it('follow what operators and late events correct, and lose nothing when a driver is erased', async () => {
    const account = await createMember(vpms);
    const driver = vpms.as(account);
    const instant = (hours: number) => new Date(Date.parse(START) + hours * HOUR).toISOString();
    const window = { from: instant(1), until: instant(3), vehicle_number: 'LATE 1' };
    const { body: missed } = await driver.bookAhead({ lot_id: lotId, ...window });
    clock.advance(6 * HOUR);
    expect(await today('day')).toMatchObject([{ no_shows: 1, revenue: 20, arrivals: 0 }]);
    // The car had come in time, and left after two hours.
    const gate = new GateClient(vpms.http, (await createGate(vpms, { lotId })).key);
    await gate.entry('LATE 1', { at: instant(1) });
    const corrected = [{ no_shows: 0, revenue: 0, arrivals: 1, departures: 0 }];
    expect(await today('day')).toMatchObject(corrected);
    await gate.exit('LATE 1', { at: instant(3) });
    const complete = [{ no_shows: 0, revenue: 20, arrivals: 1, departures: 1 }];
    expect(await today('day')).toMatchObject(complete);
    const waived = await driver.bookAhead({ lot_id: lotId, from: instant(6.5), until: instant(8) });
    clock.advance(1);
    const body = { reason: 'Works in the lot', waive_fee: true };
    await admin.post(`/api/admin/bookings/${waived.body.id}/cancel`, { body });
    const before = await today('hour');
    expect(await today('day')).toMatchObject(complete);
    const { status } = await driver.leaveService(PASSWORD);
    expect(status).toBe(204);
    expect(await today('hour')).toEqual(before);
    expect(missed.id).toBeLessThan(waived.body.id);
  });

  it('return pages that together are the whole list', async () => {
    clock.advance(30 * HOUR);
    const query = `lot_id=${lotId}&from=2026-03-01&until=2026-04-01&by=hour`;
    const all = await analytics(query);
    expect(all).toHaveLength(31);
    const pages: unknown[] = [];
    let path: string | undefined = `/api/admin/analytics?${query}&limit=7`;
    while (path) {
      const response = await admin.get(path);
      pages.push(...response.body);
      path = response.headers.get('link')?.match(/^<(.*)>/)?.[1];
    }
    expect(pages).toEqual(all);
  });

  it('continue with the next lot on the next page', async () => {
    const other = await createLot(vpms);
    const query = 'from=2026-03-02&until=2026-03-03&by=day';
    const rows = await analytics(query);
    expect(rows.map((row: { lot_id: number }) => row.lot_id)).toContain(other.id);
    const first = await admin.get(`/api/admin/analytics?${query}&limit=${rows.length - 1}`);
    const next = first.headers.get('link')?.match(/^<(.*)>/)?.[1] ?? '';
    expect((await admin.get(next)).body).toEqual(rows.slice(-1));
  });

  it('keep the rows of a deleted lot, until its deletion', async () => {
    const { leave } = await park();
    clock.advance(HOUR);
    await leave();
    await vpms.http.delete(`/api/admin/parking-lots/${lotId}`, { token });
    clock.advance(5 * DAY);
    const rows = await analytics(`lot_id=${lotId}&from=2026-03-01&until=2026-03-31&by=day`);
    expect(rows).toMatchObject([{ occupancy_percent: 50, revenue: 10 }]);
  });

  it('keep the time zone in which a row was made', async () => {
    await park();
    clock.advance(2 * HOUR);
    await admin.updateLot(lotId, { time_zone: 'Asia/Kolkata' });
    clock.advance(HOUR);
    const rows = await today('hour');
    expect(rows.map(({ from }: { from: string }) => from.slice(11, 16))).toEqual([
      '08:00',
      '09:00',
      '10:00',
      '10:30',
    ]);
    expect(rows).toMatchObject([{ occupancy_percent: 50 }, {}, {}, { occupancy_percent: 50 }]);
  });

  it('count spots from the moment at which they are added', async () => {
    await park();
    clock.advance(HOUR);
    await admin.updateLot(lotId, { number_of_spots: 4 });
    clock.advance(HOUR);
    expect(await today('hour')).toMatchObject([
      { occupancy_percent: 50, turnover: 0.5 },
      { occupancy_percent: 25, turnover: 0.25 },
      {},
    ]);
    expect(await today('day')).toMatchObject([{ occupancy_percent: 33.33, turnover: 0.33 }]);
  });

  it('include what happens after the clock was set back', async () => {
    await park();
    clock.advance(5 * HOUR);
    expect(await today('day')).toMatchObject([{ arrivals: 1 }]);
    clock.advance(-4 * HOUR);
    const { leave } = await park();
    clock.advance(2 * HOUR);
    await leave();
    clock.advance(5 * HOUR);
    expect(await today('hour')).toMatchObject([
      { arrivals: 1, sessions: 1 },
      { arrivals: 1, sessions: 2 },
      { sessions: 2 },
      { departures: 1, sessions: 1 },
      ...Array.from({ length: 5 }, () => ({ sessions: 1 })),
    ]);
  });

  it.each([
    ['until=2026-03-03', 'from'],
    ['from=2026-03-02', 'until'],
    ['from=2026-03-02&until=2026-03-02', 'until'],
    ['from=2026-02-30&until=2026-03-02', 'from'],
    ['from=2026-03-02T00:00:00Z&until=2026-03-04', 'from'],
    ['from=2026-03-02&until=2026-03-03&by=week', 'by'],
    ['from=2026-03-02&until=2026-03-03&lot_id=x', 'lot_id'],
  ])('refuse %s', async (query, field) => {
    for (const path of ['analytics', 'analytics.csv', 'analytics/report']) {
      const response = await admin.get(`/api/admin/${path}?${query}`);
      expectProblem(response, '400 VALIDATION_FAILED', [field]);
    }
  });

  it('return 404 for a lot that never existed', async () => {
    const query = 'lot_id=99999999&from=2026-03-02&until=2026-03-03';
    for (const path of ['analytics', 'analytics.csv', 'analytics/report']) {
      const response = await admin.get(`/api/admin/${path}?${query}`);
      expectProblem(response, '404 LOT_NOT_FOUND');
      // A browser would save the error as a file.
      expect(response.headers.get('content-disposition')).toBeNull();
    }
  });
});

describe('analytics as CSV', () => {
  it('have the fields of the JSON as the header, and the same rows', async () => {
    const { leave } = await park();
    clock.advance(HOUR);
    await leave();
    const query = `lot_id=${lotId}&from=2026-03-02&until=2026-03-03&by=day`;
    const response = await admin.get(`/api/admin/analytics.csv?${query}`);
    expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    const [header = '', line, ...rest] = response.text.split('\r\n');
    const [row] = await analytics(query);
    expect(header.split(',')).toEqual(Object.keys(row));
    expect(line).toBe(
      `${lotId},2026-03-02T00:00:00.000Z,2026-03-03T00:00:00.000Z,1,1,1,0,60,0.5,50,1,10.00`,
    );
    expect(rest).toEqual(['']);
  });

  it('are refused beyond 20,000 rows', async () => {
    clock.advance(2.5 * 365 * DAY);
    admin = vpms.as(await createMember(vpms, 'admin'));
    const query = `lot_id=${lotId}&from=2026-03-01&until=2029-01-01&by=hour`;
    for (const path of ['analytics.csv', 'analytics/report']) {
      // 503 while the hours are being summed.
      const response = await waitUntil(async () => {
        const { status, ...rest } = await admin.get(`/api/admin/${path}?${query}`);
        return status === 503 ? undefined : { status, ...rest };
      });
      expectProblem(response, '400 VALIDATION_FAILED', ['until']);
    }
  });
});

describe('the analytics report', () => {
  it('is a page with plots, without scripts, that escapes names', async () => {
    await vpms.http.put(`/api/admin/parking-lots/${lotId}`, {
      token,
      body: { prime_location_name: '<script>alert(1)</script>&"' },
    });
    const { leave } = await park();
    clock.advance(26 * HOUR);
    await leave();
    const query = 'from=2026-03-01&until=2026-04-01&by=day';
    const response = await admin.get(`/api/admin/analytics/report?${query}`);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(response.text).not.toMatch(/<script|href=|src=|@import|url\((?!#)/);
    expect(response.text.match(/<figure>\s*<svg/g)).toHaveLength(6);
    const page = await admin.get(`/api/admin/analytics/report?lot_id=${lotId}&${query}`);
    const cells = [...page.text.matchAll(/<td>(.*?)<\/td>/g)].map(([, text]) => text);
    // Sessions, arrivals, departures, no-shows, dwell, turnover, occupancy, peak and revenue.
    expect(cells).toEqual(['1', '1', '1', '0', '1560.00', '0.50', '50.00', '1', '260.00']);
    expect(page.text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;&amp;&quot;');
    const early = 'from=2020-03-01&until=2020-04-01&by=day';
    const empty = await admin.get(`/api/admin/analytics/report?lot_id=${lotId}&${early}`);
    expect(empty.text).toContain(`<h1><bdi>Parking lot ${lotId}</bdi></h1>`);
    // Mon 08:00 until Tue 10:00 with one car on two spots.
    const [map = ''] = page.text.match(/<figure>\s*<svg.*?<\/svg>/s) ?? [];
    expect(map).toContain('Occupancy in percent by weekday and hour');
    const rows = new Map<string, string[]>();
    for (const [, x = '', y = ''] of map.matchAll(/translate\(([\d.]+),([\d.]+)\)"[^>]*>50</g))
      rows.set(y, [...(rows.get(y) ?? []), x]);
    const [[, monday] = ['', []], [, tuesday] = ['', []]] = [...rows].toSorted(
      ([one], [other]) => Number(one) - Number(other),
    );
    expect([rows.size, monday.length, tuesday.length]).toEqual([2, 16, 10]);
    // Hours 8 and 9 of both days.
    expect(monday.filter((x) => tuesday.includes(x))).toHaveLength(2);
  });
});

describe('hours of many years', () => {
  it('are summed in the background, while requests get 503', async () => {
    await park();
    // More than a second of work on each database.
    clock.advance((ON_POSTGRES ? 5 : 20) * 365 * DAY);
    admin = vpms.as(await createMember(vpms, 'admin'));
    const path = `/api/admin/analytics?lot_id=${lotId}&from=2027-01-01&until=2028-01-01&by=month`;
    const response = await admin.get(path);
    expectProblem(response, '503 ANALYTICS_NOT_READY');
    expect(response.headers.get('retry-after')).toBe('5');
    const { body } = await waitUntil(async () => {
      const later = await admin.get(path);
      return later.status === 200 ? later : undefined;
    });
    expect(body).toHaveLength(12);
    expect(body).toMatchObject(Array.from({ length: 12 }, () => ({ occupancy_percent: 50 })));
  });
});

it('the time zone of the past stays that of the rows if TIMEZONE changes', async () => {
  const moving = new FixedClock('2026-03-01T10:00:00.000Z');
  const environment = { JWT_EXPIRES_IN: '31536000' };
  const first = await startTestApp({ clock: moving, environment });
  const { dataDirectory } = first;
  const { id } = await createLot(first, { numberOfSpots: 1, timeZone: null });
  const { status } = await first.as(await createMember(first)).book(id);
  expect(status).toBe(201);
  const rows = async (app: TestApp) => {
    const query = `lot_id=${id}&from=2026-03-01&until=2026-03-05&by=day`;
    const operator = app.as(await createMember(app, 'admin'));
    const { body } = await operator.get(`/api/admin/analytics?${query}`);
    return body.map(({ from, until, sessions }: Record<string, unknown>) => [
      from,
      until,
      sessions,
    ]);
  };
  moving.set('2026-03-02T20:30:00.000Z');
  const days = [
    ['2026-03-01T00:00:00.000Z', '2026-03-02T00:00:00.000Z', 1],
    ['2026-03-02T00:00:00.000Z', '2026-03-03T00:00:00.000Z', 1],
  ];
  expect(await rows(first)).toEqual(days);
  await first.stop();
  const second = await startTestApp({
    clock: moving,
    dataDirectory,
    environment: { ...environment, TIMEZONE: 'Asia/Kolkata' },
  });
  await rows(second);
  moving.set('2026-03-03T04:00:00.000Z');
  const all = await rows(second);
  expect(all[0]).toEqual(days[0]);
  // The day of the change ends with it. In India, it is 3 March already.
  expect(all.slice(1)).toEqual([
    ['2026-03-02T00:00:00.000Z', '2026-03-02T20:30:00.000Z', 1],
    ['2026-03-02T20:30:00.000Z', '2026-03-03T18:30:00.000Z', 1],
  ]);
  await second[Symbol.asyncDispose]();
});
