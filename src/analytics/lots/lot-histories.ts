import type { Queryable } from '../../platform/database/queryable.js';
import { list, part } from '../../platform/database/sql/sql.js';
import { LotPeriods } from './lot-periods.js';

/** The number of spots that a lot has had since an instant (ms). */
export interface StockChange {
  readonly since: number;
  readonly numberOfSpots: number;
}

/** What the metrics of a lot, which may be deleted, are computed from. Instants in ms. */
export interface LotHistory {
  readonly id: number;
  readonly name: string;
  readonly createdAt: number;
  /** Infinity unless the lot is deleted. */
  readonly deletedAt: number;
  readonly periods: LotPeriods;
  /** Sorted by instant. */
  readonly stock: readonly StockChange[];
}

interface HistoryRow {
  readonly id: number;
  readonly name: string;
  readonly createdAt: number;
  readonly deletedAt: number | null;
  readonly since: number | null;
  readonly numberOfSpots: number;
  readonly timeZone: string | null;
}

/**
 * The lots by id, with the spots and time zones that they had; all lots if there is no list.
 * @param zone the installation's time zone
 */
export async function readLotHistories(
  database: Queryable,
  zone: string,
  ids?: readonly number[],
): Promise<LotHistory[]> {
  const condition = ids ? part`WHERE lots.id IN (${list(ids)})` : part``;
  const rows = await database.sql<HistoryRow[]>`
    SELECT lots.id, lots.name, lots.created_at AS "createdAt", lots.retired_at AS "deletedAt",
      history.since, COALESCE(history.number_of_spots, lots.number_of_spots) AS "numberOfSpots",
      CASE WHEN history.since IS NULL THEN lots.time_zone ELSE history.time_zone END AS "timeZone"
    FROM lots LEFT JOIN lot_history history ON history.lot_id = lots.id ${condition}`;
  const byLot = new Map<number, HistoryRow[]>();
  for (const row of rows) {
    const ofLot = byLot.get(row.id);
    if (ofLot) ofLot.push(row);
    else byLot.set(row.id, [row]);
  }
  return [...byLot.values()]
    .map((changes) => historyOf(changes, zone))
    .sort((one, other) => one.id - other.id);
}

function historyOf(rows: readonly HistoryRow[], zone: string): LotHistory {
  const [lot] = rows;
  if (!lot) throw new RangeError('A lot has at least one row');
  const { id, name, createdAt, deletedAt } = lot;
  const changes = rows
    .map((row) => ({
      since: row.since ?? createdAt,
      numberOfSpots: row.numberOfSpots,
      timeZone: row.timeZone ?? zone,
    }))
    .sort((one, other) => one.since - other.since);
  const zoneChanges = changes.filter(
    ({ timeZone }, index) => timeZone !== changes[index - 1]?.timeZone,
  );
  const periods = new LotPeriods(zoneChanges);
  return { id, name, createdAt, deletedAt: deletedAt ?? Infinity, periods, stock: changes };
}
