import type { Period } from '../../platform/time/calendar.js';
import type { Queryable } from '../../platform/database/queryable.js';
import { raw } from '../../platform/database/sql/sql.js';

export interface LotStatistics {
  readonly name: string;
  /** Stays that began, continued or ended in the month. */
  readonly bookings: number;
  /** Charged in the month, in minor units. */
  readonly spent: number;
  /** Dwell time within the month, in milliseconds. */
  readonly parked: number;
}

/**
 * A driver's stays in a month, including stays that began before it or end after it. Dwell time counts in
 * the month in which it passes, a cost on the day of the release, and a fee on the day on which its
 * booking ended.
 */
export interface MonthlyStatistics {
  readonly username: string;
  /** The most used lot first: by bookings, then by dwell time. */
  readonly lots: readonly LotStatistics[];
  /** Charges on each day of the month, in minor units. */
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
  /** The instant up to which the dwell time of active bookings counts. */
  readonly now: Date;
}

interface Selection extends Month {
  /** Drivers with a report made since then are left out. */
  readonly since: Date;
  readonly afterId: number;
  readonly limit: number;
}

/** Later than every report, so that no driver is left out. */
const END_OF_TIME = new Date(8.64e15);

/** The stays of one driver in one lot that were charged on one day. */
interface Row {
  readonly userId: number;
  readonly username: string;
  readonly email: string;
  readonly lotId: number;
  readonly lotName: string;
  /** 0 is the first day of the month; null for stays that are not charged in it. */
  readonly day: number | null;
  readonly bookings: number;
  readonly spent: number;
  readonly parked: number;
}

/**
 * The statistics of up to `limit` drivers, by id, who have a stay or a fee in the month and no report
 * made since the instant `since`. Uses one query for all of them.
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
  // The plus, and two conditions instead of one with OR, make SQLite find the stays by their end
  // instead of reading the driver's whole history.
  const ended = raw(
    `r.left_at >= ${start.getTime()} AND +r.parked_at < ${end.getTime()} AND r.status = 'completed'`,
  );
  const active = raw(`r.left_at IS NULL AND +r.parked_at < ${end.getTime()}`);
  // Bookings that were cancelled late or became no-shows: they cost a fee, and are not stays.
  const fees = raw(
    `r.ended_at >= ${start.getTime()} AND r.ended_at < ${end.getTime()} AND r.cost > 0`,
  );
  const rows = await database.sql<Row[]>`
    WITH days (day, starts, ends) AS (VALUES ${raw(dayRows(days))}),
    batch AS (
      SELECT id, username, email FROM accounts
      WHERE role = 'user' AND id > ${afterId}
        AND (EXISTS (SELECT 1 FROM reservations r WHERE r.user_id = accounts.id AND ${ended})
          OR EXISTS (SELECT 1 FROM reservations r WHERE r.user_id = accounts.id AND ${active})
          OR EXISTS (SELECT 1 FROM reservations r WHERE r.user_id = accounts.id AND ${fees}))
        AND NOT EXISTS (
          SELECT 1 FROM reports WHERE reports.user_id = accounts.id
            AND reports.period = ${month} AND reports.created_at >= ${since.getTime()})
      ORDER BY id LIMIT ${limit}
    ),
    present AS (
      SELECT r.user_id, r.lot_id, r.parked_at, r.left_at, r.cost, 1 AS is_stay
      FROM batch CROSS JOIN reservations r WHERE r.user_id = batch.id AND ${ended}
      UNION ALL
      SELECT r.user_id, r.lot_id, r.parked_at, r.left_at, r.cost, 1
      FROM batch CROSS JOIN reservations r WHERE r.user_id = batch.id AND ${active}
      UNION ALL
      SELECT r.user_id, r.lot_id, r.ended_at, r.ended_at, r.cost, 0
      FROM batch CROSS JOIN reservations r WHERE r.user_id = batch.id AND ${fees}
    ),
    stays AS (
      SELECT user_id, lot_id, left_at, cost, is_stay,
        CASE WHEN parked_at > ${start.getTime()} THEN parked_at ELSE ${start.getTime()} END
          AS starts,
        CASE WHEN COALESCE(left_at, ${now.getTime()}) < ${end.getTime()}
          THEN COALESCE(left_at, ${now.getTime()}) ELSE ${end.getTime()} END AS ends
      FROM present
    )
    SELECT batch.id AS "userId", batch.username, batch.email, lots.id AS "lotId",
      lots.name AS "lotName", days.day, SUM(stays.is_stay) AS bookings,
      SUM(CASE WHEN days.day IS NULL THEN 0 ELSE stays.cost END) AS spent,
      SUM(CASE WHEN stays.ends > stays.starts THEN stays.ends - stays.starts ELSE 0 END) AS parked
    FROM batch
    JOIN stays ON stays.user_id = batch.id
    JOIN lots ON lots.id = stays.lot_id
    LEFT JOIN days ON stays.left_at >= days.starts AND stays.left_at < days.ends
    GROUP BY batch.id, batch.username, batch.email, lots.id, lots.name, days.day
    ORDER BY batch.id`;
  return groupByDriver(rows, days.length);
}

/** The driver's statistics of the month; undefined without a stay or a fee in it. */
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
  for (const { day, spent } of rows) {
    if (day !== null) days[day] = (days[day] ?? 0) + spent;
  }
  return days;
}
