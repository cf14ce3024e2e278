import { afterEach, describe, expect, it } from 'vitest';
import { localDay, localMonth, monthPeriod } from '../../../../src/platform/time/calendar.js';
import { ReadDatabase } from '../../../../src/platform/database/read-database.js';
import { TransactionRunner } from '../../../../src/platform/database/transaction-runner.js';
import type { MonthlyStatistics } from '../../../../src/jobs/reports/monthly-statistics.js';
import { LotsService } from '../../../../src/parking/lots/lots.service.js';
import { FixedClock } from '../../../support/app/fixed-clock.js';
import {
  createLot,
  createMember,
  createMembers,
  ADMIN_PRINCIPAL,
} from '../../../support/data/factories.js';
import { type PastBooking, recordBookings } from '../../../support/data/past-bookings.js';
import { listRuns, runJob } from '../../../support/app/job-runs.js';
import { MailServer } from '../../../support/servers/mail-server.js';
import { startTestApp } from '../../../support/app/test-app.js';
import { ON_POSTGRES, queryDatabase } from '../../../support/data/test-database.js';
import { HOUR } from '../../../../src/platform/time/durations.js';
import { loginAdmin } from '../../../support/http/login.js';

type StoredStatistics = MonthlyStatistics & { readonly v: number };

const NAME = 'monthly-reports';
/** Records each change of a run's counter, however fast they follow. */
const NOTE_PROGRESS = [
  'CREATE TABLE progress_notes (processed integer)',
  ...(ON_POSTGRES
    ? [
        `CREATE FUNCTION note_progress() RETURNS trigger LANGUAGE plpgsql AS
          'BEGIN INSERT INTO progress_notes VALUES (new.processed); RETURN new; END'`,
        `CREATE TRIGGER note_progress AFTER UPDATE ON job_runs
          FOR EACH ROW EXECUTE FUNCTION note_progress()`,
      ]
    : [
        `CREATE TRIGGER note_progress AFTER UPDATE ON job_runs
          BEGIN INSERT INTO progress_notes VALUES (new.processed); END`,
      ]),
];
const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const thing of open.splice(0).toReversed()) await thing[Symbol.asyncDispose]();
});

interface Setting {
  readonly now: string;
  readonly zone?: string;
  readonly currency?: string;
}

async function start({ now, zone = 'UTC', currency = 'INR' }: Setting) {
  const mailServer = await MailServer.start();
  const clock = new FixedClock(now);
  const environment = { TIMEZONE: zone, CURRENCY: currency, ...mailServer.environment };
  const vpms = await startTestApp({ clock, environment });
  open.push(mailServer, vpms);
  const token = await loginAdmin(vpms);
  const run = (period?: string) => runJob(vpms.http, token, { name: NAME, period });
  const statisticsOf = async (userId: number) => {
    const [row] = await vpms.app.get(ReadDatabase).sql<{ content: string }[]>`
      SELECT content FROM reports WHERE user_id = ${userId}`;
    return row && (JSON.parse(row.content) as MonthlyStatistics);
  };
  return { vpms, mailServer, clock, token, run, statisticsOf };
}

/** The statistics, counted one booking at a time. */
function recount(bookings: readonly PastBooking[], month: string, zone: string, now: string) {
  const { start, end } = monthPeriod(month, zone);
  const lots = new Map<number, { bookings: number; spent: number; parked: number }>();
  const days = new Map<string, number>();
  for (const { lotId, parkedAt, leftAt, cost = 0 } of bookings) {
    const from = Date.parse(parkedAt);
    const until = Date.parse(leftAt ?? now);
    if (from >= end.getTime() || (leftAt && until < start.getTime())) continue;
    const isCharged = leftAt !== undefined && localMonth(new Date(leftAt), zone) === month;
    const lot = lots.get(lotId) ?? { bookings: 0, spent: 0, parked: 0 };
    lots.set(lotId, {
      bookings: lot.bookings + 1,
      spent: lot.spent + (isCharged ? cost : 0),
      parked: lot.parked + Math.min(until, end.getTime()) - Math.max(from, start.getTime()),
    });
    if (!isCharged) continue;
    const day = localDay(new Date(leftAt), zone);
    days.set(day, (days.get(day) ?? 0) + cost);
  }
  return { lots, days };
}

describe('monthly reports', () => {
  it('count a fee in the month in which it arose, and no stay', async () => {
    const { vpms, clock, statisticsOf } = await start({ now: '2026-02-10T08:00:00.000Z' });
    const { id: lotId } = await createLot(vpms);
    const [driver, other] = [await createMember(vpms), await createMember(vpms)];
    const reserve = async (member: typeof driver, from: string, until: string) => {
      const { status, body } = await vpms.as(member).bookAhead({ lot_id: lotId, from, until });
      expect(status).toBe(201);
      return body.id as number;
    };
    const late = await reserve(driver, '2026-02-10T08:30:00.000Z', '2026-02-10T10:30:00.000Z');
    await vpms.as(driver).cancel(late);
    await reserve(driver, '2026-02-20T08:00:00.000Z', '2026-02-20T09:00:00.000Z');
    // Missed half an hour after its start, in the next month.
    await reserve(driver, '2026-02-28T23:45:00.000Z', '2026-03-01T01:00:00.000Z');
    const free = await reserve(other, '2026-02-20T08:00:00.000Z', '2026-02-20T09:00:00.000Z');
    await vpms.as(other).cancel(free);
    clock.set('2026-03-02T00:00:00.000Z');
    const token = await loginAdmin(vpms);
    await runJob(vpms.http, token, { name: NAME, period: '2026-02' });
    const statistics = await statisticsOf(driver.id);
    const charged = statistics?.days.map((amount, index) => ({ day: index + 1, amount }));
    expect(charged?.filter(({ amount }) => amount > 0)).toEqual([
      { day: 10, amount: 1250 },
      { day: 20, amount: 1250 },
    ]);
    expect(statistics?.lots).toMatchObject([{ bookings: 0, spent: 2500, parked: 0 }]);
    expect(await statisticsOf(other.id)).toBeUndefined();
  });

  it.each([
    ['UTC', '2026-02'],
    ['Asia/Kolkata', '2026-01'],
    ['America/New_York', '2026-03'],
    ['America/New_York', '2026-11'],
    ['Europe/Berlin', '2026-10'],
    ['Africa/Cairo', '2026-04'],
  ])('%s %s: have the statistics of a plain recount', async (zone, month) => {
    const now = new Date(Date.parse(`${month}-28T00:00:00Z`) + 10 * 24 * HOUR).toISOString();
    const { vpms, run, statisticsOf, clock } = await start({ now, zone });
    const lots = [await createLot(vpms), await createLot(vpms), await createLot(vpms)];
    const members = await createMembers(vpms, 12);
    const first = Date.parse(`${month}-01T00:00:00Z`);
    const bookings: PastBooking[] = [];
    for (const [driver, { id: userId }] of members.entries()) {
      // From two days before the month to three days after it, at every hour of the day.
      for (let hour = -48 + driver; hour < 34 * 24; hour += 7 + driver) {
        const parked = first + hour * HOUR;
        bookings.push({
          userId,
          lotId: lots[(hour * hour + driver) % 3]?.id ?? 1,
          parkedAt: new Date(parked).toISOString(),
          leftAt: new Date(parked + ((hour & 3) + 1) * 1_234_567).toISOString(),
          cost: ((hour & 3) + 1) * 333,
        });
      }
      const parkedAt = new Date(first + 26 * 24 * HOUR).toISOString();
      const lotId = lots[0]?.id ?? 1;
      if (driver < 5) bookings.push({ userId, lotId, parkedAt, spot: driver + 1 });
    }
    await recordBookings(vpms, bookings);
    expect(await run(month)).toMatchObject({ status: 'completed', processed: members.length });
    for (const { id } of members) {
      const expected = recount(
        bookings.filter(({ userId }) => userId === id),
        month,
        zone,
        clock.now().toISOString(),
      );
      const statistics = await statisticsOf(id);
      const byName = [...expected.lots.values()].toSorted(
        (a, b) => b.bookings - a.bookings || b.parked - a.parked,
      );
      expect(
        statistics?.lots.map(({ bookings, spent, parked }) => ({ bookings, spent, parked })),
      ).toEqual(byName);
      const spentOn = (statistics?.days ?? []).map((spent, index) => [
        `${month}-${String(index + 1).padStart(2, '0')}`,
        spent,
      ]);
      expect(spentOn.filter(([, spent]) => spent !== 0)).toEqual(
        [...expected.days]
          .filter(([, spent]) => spent !== 0)
          .toSorted(([a], [b]) => a.localeCompare(b)),
      );
    }
  });

  it('assign bookings at the edges of the month by time zone', async () => {
    const { vpms, run, statisticsOf } = await start({
      now: '2026-03-05T00:00:00Z',
      zone: 'Asia/Kolkata',
    });
    const { id: lotId } = await createLot(vpms);
    const { id: userId } = await createMember(vpms);
    const stay = { userId, lotId, cost: 100 };
    const edges = [
      '2026-01-31T18:29:59.999Z',
      '2026-01-31T18:30:00.000Z',
      '2026-02-28T18:29:59.999Z',
      '2026-02-28T18:30:00.000Z',
    ];
    await recordBookings(
      vpms,
      edges.map((parkedAt) => ({
        ...stay,
        parkedAt,
        leftAt: new Date(Date.parse(parkedAt) + 1).toISOString(),
      })),
    );
    await run('2026-02');
    const statistics = await statisticsOf(userId);
    // The first one ended at the first instant of the month, the last one at that of the next month.
    expect(statistics?.lots).toMatchObject([{ bookings: 3, spent: 200, parked: 2 }]);
    expect(statistics?.days.at(0)).toBe(200);
    expect(statistics?.days.at(27)).toBe(0);
  });

  it('show retired lots and the most used lot, and reach their driver once', async () => {
    const { vpms, run, mailServer, token } = await start({
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

    const again = await vpms.http.post(`/api/admin/jobs/${NAME}/run`, { token });
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
    const { vpms, clock } = await start({ now: '2027-03-02T00:00:00Z' });
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

  it('show their progress while they are made', { timeout: 120_000 }, async () => {
    const { vpms, token } = await start({ now: '2026-03-02T00:00:00Z' });
    const { id: lotId } = await createLot(vpms);
    const members = await createMembers(vpms, 1_500);
    const stay = { lotId, parkedAt: '2026-02-10T10:00:00Z', leftAt: '2026-02-10T11:30:00Z' };
    await recordBookings(
      vpms,
      members.map(({ id }) => ({ ...stay, userId: id })),
    );
    for (const sql of NOTE_PROGRESS) await queryDatabase(vpms.dataDirectory, sql);
    await vpms.http.post(`/api/admin/jobs/${NAME}/run`, { token });
    const processed = async () => (await listRuns(vpms.http, token))[0]?.processed;
    await expect.poll(processed, { timeout: 20_000 }).toBe(1_500);
    const notes = await queryDatabase<{ processed: number }>(
      vpms.dataDirectory,
      'SELECT DISTINCT processed FROM progress_notes ORDER BY processed',
    );
    expect(notes.length).toBeGreaterThan(2);
  });

  it('reach the other recipients if one is refused, and are counted again when resumed', async () => {
    const { vpms, run, mailServer } = await start({ now: '2026-03-02T00:00:00Z' });
    const { id: lotId } = await createLot(vpms);
    const members = await createMembers(vpms, 6);
    const stay = { lotId, parkedAt: '2026-02-10T10:00:00Z', leftAt: '2026-02-10T11:30:00Z' };
    await recordBookings(
      vpms,
      members.map(({ id }) => ({ ...stay, userId: id })),
    );
    mailServer.refuseSender = 554;
    const failed = await run();
    expect(failed).toMatchObject({ status: 'failed', processed: 6 });
    expect(failed.error).toContain('does not let us send');
    mailServer.refuseSender = undefined;
    mailServer.refuse = (recipient) =>
      recipient.startsWith(`${members[0]?.username}@`) ? 550 : undefined;
    expect(await run()).toMatchObject({
      id: failed.id,
      status: 'completed',
      processed: 6,
      failed: 1,
    });
    expect(mailServer.counts().size).toBe(5);
  });

  it.each([
    ['without a version number', ({ v: _, ...statistics }: StoredStatistics) => statistics],
    ['by a later version', ({ lots }: StoredStatistics) => ({ v: 2, numberOfLots: lots.length })],
  ])('are readable and mailed if they were stored %s', async (_, convert) => {
    const { vpms, run, mailServer } = await start({ now: '2026-03-02T00:00:00Z' });
    const { id: userId, username, token } = await createMember(vpms);
    const { id: lotId } = await createLot(vpms, { name: 'Central' });
    const stay = { parkedAt: '2026-02-10T10:00:00Z', leftAt: '2026-02-10T11:00:00Z', cost: 700 };
    await recordBookings(vpms, [{ userId, lotId, ...stay }]);
    mailServer.refuseSender = 451;
    expect(await run()).toMatchObject({ status: 'failed', processed: 1 });
    const page = () => vpms.http.get('/api/user/reports/2026-02', { token });
    const first = await page();
    expect([first.status, first.text.includes('INR 7.00')]).toEqual([200, true]);

    await vpms.app.get(TransactionRunner).run(async (tx) => {
      const [report] = await tx.sql<{ content: string }[]>`
        SELECT content FROM reports WHERE user_id = ${userId}`;
      const content = JSON.stringify(convert(JSON.parse(report?.content ?? '')));
      await tx.sql`UPDATE reports SET content = ${content} WHERE user_id = ${userId}`;
    });
    const again = await page();
    expect([again.status, again.text]).toEqual([200, first.text]);
    mailServer.refuseSender = undefined;
    expect(await run()).toMatchObject({ status: 'completed', processed: 1, failed: 0 });
    expect(mailServer.mailTo(`${username}@example.com`).parsed.text).toContain('INR 7.00');
  });

  it('escape every name', async () => {
    const { vpms, run, mailServer } = await start({ now: '2026-03-02T00:00:00Z' });
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
