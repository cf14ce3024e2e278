import { describe, expect, it } from 'vitest';
import { DAY, HOUR } from '../../../src/platform/time/durations.js';
import { FixedClock } from '../../support/app/fixed-clock.js';
import { waitUntil } from '../../support/app/job-runs.js';
import { ON_POSTGRES } from '../../support/data/test-database.js';
import { startTestApp, type TestApp } from '../../support/app/test-app.js';
import { createLot, createMember } from '../../support/data/factories.js';
import { expectProblem } from '../../support/http/problems.js';
import { AnalyticsClient } from '../../support/checks/analytics/analytics-client.js';

const client = new AnalyticsClient();
const { vpms, clock, analytics, today, park } = client;

describe('analytics', () => {
  it('keep the rows of a deleted lot, until its deletion', async () => {
    const { leave } = await park();
    clock.advance(HOUR);
    await leave();
    await vpms.http.delete(`/api/admin/parking-lots/${client.lotId}`, { token: client.token });
    clock.advance(5 * DAY);
    const rows = await analytics(`lot_id=${client.lotId}&from=2026-03-01&until=2026-03-31&by=day`);
    expect(rows).toMatchObject([{ occupancy_percent: 50, revenue: 10 }]);
  });

  it('keep the time zone in which a row was made', async () => {
    await park();
    clock.advance(2 * HOUR);
    await client.admin.updateLot(client.lotId, { time_zone: 'Asia/Kolkata' });
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
    await client.admin.updateLot(client.lotId, { number_of_spots: 4 });
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
});

describe('hours of many years', () => {
  it('are summed in the background, while requests get 503', async () => {
    await park();
    // Summing the hours of this time takes more than a second on each database.
    clock.advance((ON_POSTGRES ? 5 : 20) * 365 * DAY);
    client.admin = vpms.as(await createMember(vpms, 'admin'));
    const path = `/api/admin/analytics?lot_id=${client.lotId}&from=2027-01-01&until=2028-01-01&by=month`;
    const response = await client.admin.get(path);
    expectProblem(response, '503 ANALYTICS_NOT_READY');
    expect(response.headers.get('retry-after')).toBe('5');
    const { body } = await waitUntil(async () => {
      const later = await client.admin.get(path);
      return later.status === 200 ? later : undefined;
    });
    expect(body).toHaveLength(12);
    expect(body).toMatchObject(Array.from({ length: 12 }, () => ({ occupancy_percent: 50 })));
  });
});

it('past rows of analytics keep their time zone when TIMEZONE changes', async () => {
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
  // The change of the zone ends the day. In India, it is 3 March already.
  expect(all.slice(1)).toEqual([
    ['2026-03-02T00:00:00.000Z', '2026-03-02T20:30:00.000Z', 1],
    ['2026-03-02T20:30:00.000Z', '2026-03-03T18:30:00.000Z', 1],
  ]);
  await second[Symbol.asyncDispose]();
});
