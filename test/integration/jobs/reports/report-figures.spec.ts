import { describe, expect, it } from 'vitest';
import { localDay, localMonth, monthPeriod } from '../../../../src/platform/time/calendar.js';
import { createLot, createMember, createMembers } from '../../../support/data/factories.js';
import { type PastBooking, recordBookings } from '../../../support/data/past-bookings.js';
import { runJob } from '../../../support/app/job-runs.js';
import { HOUR } from '../../../../src/platform/time/durations.js';
import { loginAdmin } from '../../../support/http/login.js';
import { REPORTS, startReports } from '../../../support/scenes/reports.js';

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
  it('count a fee in the month in which it arose, but not as a stay', async () => {
    const { vpms, clock, statisticsOf } = await startReports({ now: '2026-02-10T08:00:00.000Z' });
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
    // This booking becomes a no-show half an hour after its start, in the next month.
    await reserve(driver, '2026-02-28T23:45:00.000Z', '2026-03-01T01:00:00.000Z');
    const free = await reserve(other, '2026-02-20T08:00:00.000Z', '2026-02-20T09:00:00.000Z');
    await vpms.as(other).cancel(free);
    clock.set('2026-03-02T00:00:00.000Z');
    const token = await loginAdmin(vpms);
    await runJob(vpms.http, token, { name: REPORTS, period: '2026-02' });
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
  ])('have the same figures as a plain recount in %s for %s', async (zone, month) => {
    const now = new Date(Date.parse(`${month}-28T00:00:00Z`) + 10 * 24 * HOUR).toISOString();
    const { vpms, run, statisticsOf, clock } = await startReports({ now, zone });
    const lots = [await createLot(vpms), await createLot(vpms), await createLot(vpms)];
    const members = await createMembers(vpms, 12);
    const first = Date.parse(`${month}-01T00:00:00Z`);
    const bookings: PastBooking[] = [];
    for (const [driver, { id: userId }] of members.entries()) {
      // From two days before the month to at least three days after it, at every hour of the day.
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
    const { vpms, run, statisticsOf } = await startReports({
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
    // The first of the three ended at the first instant of the month, the third at the first instant after it.
    expect(statistics?.lots).toMatchObject([{ bookings: 3, spent: 200, parked: 2 }]);
    expect(statistics?.days.at(0)).toBe(200);
    expect(statistics?.days.at(27)).toBe(0);
  });
});
