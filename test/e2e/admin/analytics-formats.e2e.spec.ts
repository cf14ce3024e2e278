import { describe, expect, it } from 'vitest';
import { DAY, HOUR } from '../../../src/platform/time/durations.js';
import { waitUntil } from '../../support/app/job-runs.js';
import { createMember } from '../../support/data/factories.js';
import { expectProblem } from '../../support/http/problems.js';
import { AnalyticsClient } from '../../support/checks/analytics/analytics-client.js';

const client = new AnalyticsClient();
const { vpms, clock, analytics, park } = client;

describe('analytics as CSV', () => {
  it('have the fields of the JSON as the header, and the same rows', async () => {
    const { leave } = await park();
    clock.advance(HOUR);
    await leave();
    const query = `lot_id=${client.lotId}&from=2026-03-02&until=2026-03-03&by=day`;
    const response = await client.admin.get(`/api/admin/analytics.csv?${query}`);
    expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    const [header = '', line, ...rest] = response.text.split('\r\n');
    const [row] = await analytics(query);
    expect(header.split(',')).toEqual(Object.keys(row));
    expect(line).toBe(
      `${client.lotId},2026-03-02T00:00:00.000Z,2026-03-03T00:00:00.000Z,1,1,1,0,60,0.5,50,1,10.00`,
    );
    expect(rest).toEqual(['']);
  });

  it('are refused beyond 20,000 rows', async () => {
    clock.advance(2.5 * 365 * DAY);
    client.admin = vpms.as(await createMember(vpms, 'admin'));
    const query = `lot_id=${client.lotId}&from=2026-03-01&until=2029-01-01&by=hour`;
    for (const path of ['analytics.csv', 'analytics/report']) {
      // The status is 503 while the hours are being summed.
      const response = await waitUntil(async () => {
        const { status, ...rest } = await client.admin.get(`/api/admin/${path}?${query}`);
        return status === 503 ? undefined : { status, ...rest };
      });
      expectProblem(response, '400 VALIDATION_FAILED', ['until']);
    }
  });
});

describe('the analytics report', () => {
  it('is a page with plots, without scripts, that escapes names', async () => {
    await vpms.http.put(`/api/admin/parking-lots/${client.lotId}`, {
      token: client.token,
      body: { prime_location_name: '<script>alert(1)</script>&"' },
    });
    const { leave } = await park();
    clock.advance(26 * HOUR);
    await leave();
    const query = 'from=2026-03-01&until=2026-04-01&by=day';
    const response = await client.admin.get(`/api/admin/analytics/report?${query}`);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(response.text).not.toMatch(/<script|href=|src=|@import|url\((?!#)/);
    expect(response.text.match(/<figure>\s*<svg/g)).toHaveLength(6);
    const page = await client.admin.get(
      `/api/admin/analytics/report?lot_id=${client.lotId}&${query}`,
    );
    const cells = [...page.text.matchAll(/<td>(.*?)<\/td>/g)].map(([, text]) => text);
    // Sessions, arrivals, departures, no-shows, dwell, turnover, occupancy, peak and revenue.
    expect(cells).toEqual(['1', '1', '1', '0', '1560.00', '0.50', '50.00', '1', '260.00']);
    expect(page.text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;&amp;&quot;');
    const early = 'from=2020-03-01&until=2020-04-01&by=day';
    const empty = await client.admin.get(
      `/api/admin/analytics/report?lot_id=${client.lotId}&${early}`,
    );
    expect(empty.text).toContain(`<h1><bdi>Parking lot ${client.lotId}</bdi></h1>`);
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
    // The cells for the hours 8 and 9 are in the same columns on both days.
    expect(monday.filter((x) => tuesday.includes(x))).toHaveLength(2);
  });
});
