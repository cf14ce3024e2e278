import type { Period } from '../../platform/time/calendar.js';
import type { Queryable } from '../../platform/database/queryable.js';
import { raw } from '../../platform/database/sql.js';

export interface LotStatistics {
  readonly name: string;
  readonly bookings: number;
  /** In minor units. */
  readonly spent: number;
  /** Dwell time in milliseconds. */
  readonly parked: number;
}

/** A driver's bookings in a month. A booking belongs to the month and the day in which it began. */
export interface MonthlyStatistics {
  readonly username: string;
  /** The most used lot first: by bookings, then by dwell time. */
  readonly lots: readonly LotStatistics[];
  /** Spending on each day of the month, in minor units. */
  readonly days: readonly number[];
}

export interface DriverMonth {
  readonly userId: number;
  readonly email: string;
  readonly statistics: MonthlyStatistics;
}

interface Month {
  /** `2026-03` */
  readonly month: string;
  readonly days: readonly Period[];
  /** End of the dwell time of active bookings. */
  readonly now: Date;
}

interface Selection extends Month {
  /** Drivers with a report made since then are left out. */
  readonly since: Date;
  readonly afterId: number;
  readonly limit: number;
}

/** No report was made since then. */
const END_OF_TIME = new Date(8.64e15);

/** The bookings of one driver in one lot on one day. */
interface Row {
  readonly userId: number;
  readonly username: string;
  readonly email: string;
  readonly lotId: number;
  readonly lotName: string;
  /** 0 is the first day of the month. */
  readonly day: number;
  readonly bookings: number;
  readonly spent: number;
  readonly parked: number;
}

/**
 * The statistics of up to `limit` drivers, by id, with a booking in the month and no report made
 * since. One query for all of them.
 */
export async function listDriverMonths(
  database: Queryable,
  selection: Selection,
): Promise<DriverMonth[]> {
  const { month, days, now, since, afterId, limit } = selection;
  const [first, last] = [days.at(0), days.at(-1)];
  if (!first || !last) return [];
  const { start } = first;
  const { end } = last;
  const rows = await database.sql<Row[]>`
    WITH days (day, starts, ends) AS (VALUES ${raw(dayRows(days))}),
    batch AS (
      SELECT id, username, email FROM accounts
      WHERE role = 'user' AND id > ${afterId}
        AND EXISTS (
          SELECT 1 FROM reservations r WHERE r.user_id = accounts.id
            AND r.parked_at >= ${start.getTime()} AND r.parked_at < ${end.getTime()})
        AND NOT EXISTS (
          SELECT 1 FROM reports WHERE reports.user_id = accounts.id
            AND reports.period = ${month} AND reports.created_at >= ${since.getTime()})
      ORDER BY id LIMIT ${limit}
    )
    SELECT batch.id AS "userId", batch.username, batch.email, lots.id AS "lotId",
      lots.name AS "lotName", days.day, COUNT(*) AS bookings,
      SUM(COALESCE(r.cost, 0)) AS spent,
      SUM(COALESCE(r.left_at, ${now.getTime()}) - r.parked_at) AS parked
    FROM batch
    JOIN reservations r ON r.user_id = batch.id
      AND r.parked_at >= ${start.getTime()} AND r.parked_at < ${end.getTime()}
    JOIN days ON r.parked_at >= days.starts AND r.parked_at < days.ends
    JOIN lots ON lots.id = r.lot_id
    GROUP BY batch.id, batch.username, batch.email, lots.id, lots.name, days.day
    ORDER BY batch.id`;
  return groupByDriver(rows, days.length);
}

/** The driver's statistics of the month; undefined without a booking in it. */
export async function findDriverMonth(
  database: Queryable,
  { userId, ...month }: Month & { readonly userId: number },
): Promise<DriverMonth | undefined> {
  const anyReport = { since: END_OF_TIME, afterId: userId - 1, limit: 1 };
  const months = await listDriverMonths(database, { ...month, ...anyReport });
  return months.find((driver) => driver.userId === userId);
}

/** As SQL text: the values are integers computed here, so they need no parameters. */
function dayRows(days: readonly { readonly start: Date; readonly end: Date }[]): string {
  return days
    .map(({ start, end }, day) => `(${day}, ${start.getTime()}, ${end.getTime()})`)
    .join(', ');
}

function groupByDriver(rows: readonly Row[], dayCount: number): DriverMonth[] {
  const drivers = new Map<number, Row[]>();
  for (const row of rows) {
    const known = drivers.get(row.userId);
    if (known) known.push(row);
    else drivers.set(row.userId, [row]);
  }
  return [...drivers].flatMap(([userId, own]) => {
    const [first] = own;
    if (!first) return [];
    const { username, email } = first;
    return [
      { userId, email, statistics: { username, lots: sumLots(own), days: sumDays(own, dayCount) } },
    ];
  });
}

function sumLots(rows: readonly Row[]): LotStatistics[] {
  const lots = new Map<number, LotStatistics>();
  for (const { lotId, lotName, bookings, spent, parked } of rows) {
    const sum = lots.get(lotId) ?? { name: lotName, bookings: 0, spent: 0, parked: 0 };
    lots.set(lotId, {
      name: lotName,
      bookings: sum.bookings + bookings,
      spent: sum.spent + spent,
      parked: sum.parked + parked,
    });
  }
  return [...lots.values()].toSorted((a, b) => b.bookings - a.bookings || b.parked - a.parked);
}

function sumDays(rows: readonly Row[], dayCount: number): number[] {
  const days = Array.from({ length: dayCount }, () => 0);
  for (const { day, spent } of rows) days[day] = (days[day] ?? 0) + spent;
  return days;
}
