import { insertRows } from '../../platform/database/bulk/insert-rows.js';
import type { Queryable } from '../../platform/database/queryable.js';
import { numberRows } from '../../platform/database/sql/number-rows.js';
import { raw } from '../../platform/database/sql/sql.js';
import type { Tx } from '../../platform/database/tx.js';
import type { LotHistory } from '../lots/lot-histories.js';
import type { Span } from '../lots/lot-periods.js';
import type { PeriodSums, Sums } from './sums.js';

type SumTable = 'lot_hours' | 'lot_days';

/** A period of a lot whose sums are read. */
export interface LotSpan extends Span {
  readonly lotId: number;
}

const COLUMNS = {
  lot_id: (row: PeriodSums) => row.lotId,
  starts_at: (row: PeriodSums) => row.startsAt,
  carried: (row: PeriodSums) => row.carried,
  arrivals: (row: PeriodSums) => row.arrivals,
  departures: (row: PeriodSums) => row.departures,
  remaining: (row: PeriodSums) => row.remaining,
  no_shows: (row: PeriodSums) => row.noShows,
  dwell: (row: PeriodSums) => row.dwell,
  parked: (row: PeriodSums) => row.parked,
  peak: (row: PeriodSums) => row.peak,
  revenue: (row: PeriodSums) => row.revenue,
};

/** Adds the later hours of a day to its row. */
const ADDED_TO_DAY = `ON CONFLICT (lot_id, starts_at) DO UPDATE SET
  arrivals = lot_days.arrivals + excluded.arrivals,
  departures = lot_days.departures + excluded.departures,
  remaining = excluded.remaining,
  no_shows = lot_days.no_shows + excluded.no_shows,
  dwell = lot_days.dwell + excluded.dwell,
  parked = lot_days.parked + excluded.parked,
  peak = CASE WHEN excluded.peak > lot_days.peak THEN excluded.peak ELSE lot_days.peak END,
  revenue = lot_days.revenue + excluded.revenue`;

/** Stores hours that follow the stored ones, and adds them to their days. */
export async function storeSums(
  tx: Tx,
  hours: readonly PeriodSums[],
  days: readonly PeriodSums[],
): Promise<void> {
  await insertRows(tx, { table: 'lot_hours', columns: COLUMNS, rows: hours });
  await insertRows(tx, { table: 'lot_days', columns: COLUMNS, rows: days, ending: ADDED_TO_DAY });
}

/** A lot, and the instant (ms) before which its stored hours are read. */
export interface LotEnd {
  readonly lot: number;
  readonly before: number;
}

/** Number of cars that were parked in each lot just before its instant, from the stored hours. */
export async function carsAtEnd(
  database: Queryable,
  ends: readonly LotEnd[],
): Promise<ReadonlyMap<number, number>> {
  const rows = await database.sql<{ lotId: number; cars: number | null }[]>`
    SELECT lot AS "lotId", (
      SELECT remaining FROM lot_hours WHERE lot_id = lot AND starts_at < before
      ORDER BY starts_at DESC LIMIT 1
    ) AS cars FROM ${numberRows(database, ['lot', 'before'], ends)} ends`;
  return new Map(rows.map(({ lotId, cars }) => [lotId, cars ?? 0]));
}

/** Deletes the sums of the lot from the hour that contains the instant. */
export async function deleteSums(tx: Tx, lot: LotHistory, instant: number): Promise<void> {
  const { id: lotId, periods } = lot;
  const hour = periods.hourAt(instant).from;
  const day = periods.dayAt(instant).from;
  await tx.sql`DELETE FROM lot_hours WHERE lot_id = ${lotId} AND starts_at >= ${hour}`;
  await tx.sql`DELETE FROM lot_days WHERE lot_id = ${lotId} AND starts_at >= ${day}`;
  // The earlier hours of the day are kept, and the day's sum becomes the sum of these hours.
  const [kept] = await readSums(tx, 'lot_hours', [{ lotId, from: day, until: hour }]);
  if (kept) await storeSums(tx, [], [{ ...kept, lotId, startsAt: day }]);
}

interface SumRow extends Sums {
  readonly position: number;
}

/** The stored sums of each span, in their order; undefined if nothing happened. */
export async function readSums(
  database: Queryable,
  table: SumTable,
  spans: readonly LotSpan[],
): Promise<(Sums | undefined)[]> {
  const sums = Array.from<Sums | undefined>({ length: spans.length });
  const rows = spans
    .map(({ lotId, from, until }, position) => ({ position, lot: lotId, since: from, until }))
    .filter(({ since, until }) => since < until);
  if (rows.length === 0) return sums;
  const columns = ['position', 'lot', 'since', 'until'] as const;
  const inSpan = raw(`s.lot_id = spans.lot AND s.starts_at >= since AND s.starts_at < until`);
  // The first row of a span has the cars that were carried into it, the last row those that remain.
  const found = await database.sql<SumRow[]>`
    SELECT position,
      (SELECT carried FROM ${raw(table)} s WHERE ${inSpan} ORDER BY s.starts_at LIMIT 1) AS carried,
      (SELECT remaining FROM ${raw(table)} s WHERE ${inSpan} ORDER BY s.starts_at DESC LIMIT 1)
        AS remaining,
      SUM(arrivals) AS arrivals, SUM(departures) AS departures, SUM(no_shows) AS "noShows",
      SUM(dwell) AS dwell, SUM(parked) AS parked, MAX(peak) AS peak, SUM(revenue) AS revenue
    FROM ${numberRows(database, columns, rows)} spans JOIN ${raw(table)} s ON ${inSpan}
    GROUP BY position, spans.lot, since, until`;
  for (const { position, ...row } of found) sums[position] = row;
  return sums;
}
