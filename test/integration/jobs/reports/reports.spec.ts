import { describe, expect, it } from 'vitest';
import { TransactionRunner } from '../../../../src/platform/database/transaction-runner.js';
import { LotsService } from '../../../../src/parking/lots/lots.service.js';
import { createLot, createMember, ADMIN_PRINCIPAL } from '../../../support/data/factories.js';
import { recordBookings } from '../../../support/data/past-bookings.js';
import { REPORTS, startReports } from '../../../support/scenes/reports.js';

describe('monthly reports', () => {
  it('show retired lots and the most used lot, and reach their driver once', async () => {
    const { vpms, run, mailServer, token } = await startReports({
      now: '2026-03-02T09:00:00Z',
      currency: 'KWD',
    });
    const [small, large] = [
      await createLot(vpms, { name: 'Small' }),
      await createLot(vpms, { name: 'Large' }),
    ];
    const driver = await createMember(vpms);
    const other = await createMember(vpms);
    const stay = {
      userId: driver.id,
      parkedAt: '2026-02-10T10:00:00Z',
      leftAt: '2026-02-10T11:30:00Z',
      cost: 1234,
    };
    await recordBookings(vpms, [
      { ...stay, lotId: large.id },
      { ...stay, lotId: large.id },
      { ...stay, lotId: small.id, leftAt: '2026-02-12T10:00:00Z' },
    ]);
    await vpms.app.get(LotsService).delete(large.id, ADMIN_PRINCIPAL);
    await run();
    const address = `${driver.username}@example.com`;
    const { parsed } = mailServer.mailTo(address);
    expect(parsed.subject).toBe('Your parking in February 2026');
    expect(parsed.text).toMatch(
      /Bookings: +3\nSpent: +KWD 3\.702\nHours parked: +51\.0\nMost used lot: Large\n/,
    );
    expect(parsed.text).toContain('- Large: 2 bookings, 3.0 hours, KWD 2.468');
    expect(mailServer.counts()).toEqual(new Map([[address, 1]]));

    const again = await vpms.http.post(`/api/admin/jobs/${REPORTS}/run`, { token });
    expect(again).toMatchObject({ status: 409, body: { code: 'PERIOD_COMPLETED' } });
    const { http } = vpms;
    const list = await http.get('/api/user/reports', { token: driver.token });
    expect(list.body).toEqual([
      {
        period: '2026-02',
        created_at: '2026-03-02T09:00:00.000Z',
        url: '/api/user/reports/2026-02',
      },
    ]);
    const page = await http.get(list.body[0].url, { token: driver.token });
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    // The page may use only its own styles.
    expect(page.headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; style-src 'unsafe-inline'; /,
    );
    // The page has a plot with a bar for each day with a charge.
    expect(page.text).toContain('aria-label="Spending by day in KWD"');
    expect(page.text.match(/<rect /g)?.length).toBeGreaterThanOrEqual(2);
    // In a mail, without styles and images, the chart is a table of days and amounts.
    const mail = String(parsed.html);
    expect(mail).not.toContain('<svg');
    expect(mail).toMatch(
      /<th scope="row"[^>]*>10<\/th><td.*width="100%".*bgcolor=.*KWD 2\.468<\/td><\/tr>/,
    );
    expect(mail).toMatch(/<th scope="row"[^>]*>12<\/th><td.*width="50%".*KWD 1\.234<\/td>/);
    expect(parsed.text).toContain('- 10: KWD 2.468\n- 12: KWD 1.234\n');
    for (const outside of ['http:', 'https:', '<script', '<link', '@import', 'url('])
      expect(page.text + mail).not.toContain(outside);
    expect((await http.get('/api/user/reports/2026-02', { token: other.token })).status).toBe(404);
    expect((await http.get('/api/user/reports/2026-01', { token: driver.token })).status).toBe(404);
    for (const period of ['2026-13', '2026-2', 'x', '2026-02-01'])
      expect((await http.get(`/api/user/reports/${period}`, { token: driver.token })).status).toBe(
        400,
      );
    expect((await http.get('/api/user/reports', { token })).status).toBe(403);
    expect((await http.get('/api/user/reports')).status).toBe(401);
  });

  it('are listed page by page, the latest month first', async () => {
    const { vpms, clock } = await startReports({ now: '2027-03-02T00:00:00Z' });
    const { id, token } = await createMember(vpms);
    const months = Array.from(
      { length: 14 },
      (_, index) => `${2026 + Math.floor(index / 12)}-${String((index % 12) + 1).padStart(2, '0')}`,
    );
    await vpms.app.get(TransactionRunner).run(async (tx) => {
      for (const month of months)
        await tx.sql`INSERT INTO reports (user_id, period, content, created_at) VALUES (${id}, ${month}, '{"username":"x","lots":[],"days":[]}', ${clock.now().getTime()})`;
    });
    const seen: string[] = [];
    let path: string | undefined = '/api/user/reports?limit=5';
    while (path) {
      const response = await vpms.http.get(path, { token });
      seen.push(...response.body.map(({ period }: { period: string }) => period));
      path = /<(.+)>/.exec(response.headers.get('link') ?? '')?.[1];
    }
    expect(seen).toEqual(months.toReversed());
    expect((await vpms.http.get('/api/user/reports?cursor=x', { token })).status).toBe(400);
    // A month without bookings or costs still makes a page.
    const page = await vpms.http.get('/api/user/reports/2026-01', { token });
    expect(page).toMatchObject({ status: 200 });
    expect(page.text).toContain('Nothing was paid.');
  });

  it('escape every name', async () => {
    const { vpms, run, mailServer } = await startReports({ now: '2026-03-02T00:00:00Z' });
    const names = [
      '<script>alert(1)</script>',
      '=HYPERLINK("http://evil","x")',
      '🚗🅿️ Überlot',
      'موقف السيارات',
      `"><img src=x onerror='1'>&amp;`,
    ];
    const { id: userId, username, token } = await createMember(vpms);
    for (const [index, name] of names.entries()) {
      const { id: lotId } = await createLot(vpms, { name });
      const day = `2026-02-${10 + index}`;
      await recordBookings(vpms, [
        {
          userId,
          lotId,
          parkedAt: `${day}T10:00:00Z`,
          leftAt: `${day}T11:00:00Z`,
          cost: 100 * (index + 1),
        },
      ]);
    }
    const evil = '<b onclick="x">&🚗';
    await vpms.app
      .get(TransactionRunner)
      .run((tx) => tx.sql`UPDATE accounts SET username = ${evil} WHERE id = ${userId}`);
    await run();
    const { text } = await vpms.http.get('/api/user/reports/2026-02', { token });
    expect(text).not.toMatch(/<script|<img|<b /);
    expect(text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(text).toContain('🚗🅿️ Überlot');
    expect(text).toContain('<bdi>موقف السيارات</bdi>');
    const { parsed } = mailServer.mailTo(`${username}@example.com`);
    for (const name of [...names, evil]) expect(parsed.text).toContain(name);
    expect(String(parsed.html)).not.toMatch(/<script|<img|<b /);
  });
});
