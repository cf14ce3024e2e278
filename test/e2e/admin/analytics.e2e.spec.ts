import { describe, expect, it } from 'vitest';
import { HOUR, MINUTE } from '../../../src/platform/time/durations.js';
import { createLot, createMember, PASSWORD } from '../../support/data/factories.js';
import { gateOf } from '../../support/data/gates.js';
import { expectProblem } from '../../support/http/problems.js';
import { AnalyticsClient } from '../../support/checks/analytics/analytics-client.js';
import { START } from '../../support/app/fixed-clock.js';

const client = new AnalyticsClient();
const { vpms, clock, analytics, today, park } = client;

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
        lot_id: client.lotId,
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
        lot_id: client.lotId,
        sessions: 1,
        peak_occupied: 1,
        revenue: 0,
        from: '2026-03-02T09:00:00.000Z',
        until: '2026-03-02T10:00:00.000Z',
        turnover: 0.5,
        occupancy_percent: 50,
      },
      {
        // The car leaves at the first moment of this hour.
        ...none,
        lot_id: client.lotId,
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
    // A car was parked for 3 of 2 × 160 minutes: 0.9375 %.
    expect(await today('day')).toMatchObject([{ occupancy_percent: 0.94, turnover: 0.5 }]);
  });

  it('count a fee when it arises, and the reservation as a no-show', async () => {
    const driver = vpms.as(await createMember(vpms));
    const from = new Date(clock.now().getTime() + HOUR);
    const until = new Date(from.getTime() + HOUR);
    expect((await driver.bookAhead({ lot_id: client.lotId, from, until })).status).toBe(201);
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
    const { body: missed } = await driver.bookAhead({ lot_id: client.lotId, ...window });
    clock.advance(6 * HOUR);
    expect(await today('day')).toMatchObject([{ no_shows: 1, revenue: 20, arrivals: 0 }]);
    // The car had come in time, and left after two hours.
    const gate = await gateOf(vpms, client.lotId);
    await gate.entry('LATE 1', { at: instant(1) });
    const corrected = [{ no_shows: 0, revenue: 0, arrivals: 1, departures: 0 }];
    expect(await today('day')).toMatchObject(corrected);
    await gate.exit('LATE 1', { at: instant(3) });
    const complete = [{ no_shows: 0, revenue: 20, arrivals: 1, departures: 1 }];
    expect(await today('day')).toMatchObject(complete);
    const waived = await driver.bookAhead({
      lot_id: client.lotId,
      from: instant(6.5),
      until: instant(8),
    });
    clock.advance(1);
    const body = { reason: 'Works in the lot', waive_fee: true };
    await client.admin.post(`/api/admin/bookings/${waived.body.id}/cancel`, { body });
    const before = await today('hour');
    expect(await today('day')).toMatchObject(complete);
    const { status } = await driver.leaveService(PASSWORD);
    expect(status).toBe(204);
    expect(await today('hour')).toEqual(before);
    expect(missed.id).toBeLessThan(waived.body.id);
  });

  it('return pages that together are the whole list', async () => {
    clock.advance(30 * HOUR);
    const query = `lot_id=${client.lotId}&from=2026-03-01&until=2026-04-01&by=hour`;
    const all = await analytics(query);
    expect(all).toHaveLength(31);
    const pages: unknown[] = [];
    let path: string | undefined = `/api/admin/analytics?${query}&limit=7`;
    while (path) {
      const response = await client.admin.get(path);
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
    const first = await client.admin.get(`/api/admin/analytics?${query}&limit=${rows.length - 1}`);
    const next = first.headers.get('link')?.match(/^<(.*)>/)?.[1] ?? '';
    expect((await client.admin.get(next)).body).toEqual(rows.slice(-1));
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
      const response = await client.admin.get(`/api/admin/${path}?${query}`);
      expectProblem(response, '400 VALIDATION_FAILED', [field]);
    }
  });

  it('return 404 for a lot that never existed', async () => {
    const query = 'lot_id=99999999&from=2026-03-02&until=2026-03-03';
    for (const path of ['analytics', 'analytics.csv', 'analytics/report']) {
      const response = await client.admin.get(`/api/admin/${path}?${query}`);
      expectProblem(response, '404 LOT_NOT_FOUND');
      // A browser would save the error as a file.
      expect(response.headers.get('content-disposition')).toBeNull();
    }
  });
});
