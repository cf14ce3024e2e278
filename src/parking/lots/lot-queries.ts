import type { Queryable } from '../../platform/database/queryable.js';
import { raw } from '../../platform/database/sql.js';

/** A lot with its current occupancy, as a row: instants in ms, money in minor units. */
export interface LotView {
  readonly id: number;
  readonly name: string;
  readonly address: string;
  readonly pinCode: string;
  readonly pricePerHour: number;
  readonly numberOfSpots: number;
  readonly occupied: number;
  readonly createdAt: number;
  readonly updatedAt: number;
}

interface LotRange {
  /** Only lots with a greater id. */
  readonly afterId: number;
  readonly limit: number;
}

const LOT_VIEW = `
  SELECT id, name, address, pin_code AS "pinCode", price_per_hour AS "pricePerHour",
    number_of_spots AS "numberOfSpots", created_at AS "createdAt", updated_at AS "updatedAt",
    (SELECT COUNT(*) FROM reservations WHERE lot_id = lots.id AND left_at IS NULL) AS occupied
  FROM lots WHERE retired_at IS NULL`;

/** The lot; undefined if it does not exist or is retired. */
export async function findLotView(source: Queryable, id: number): Promise<LotView | undefined> {
  const [lot] = await source.sql<LotView[]>`${raw(LOT_VIEW)} AND id = ${id}`;
  return lot;
}

/** Lots that are not retired, by id. */
export function listLotViews(source: Queryable, { afterId, limit }: LotRange): Promise<LotView[]> {
  return source.sql<LotView[]>`${raw(LOT_VIEW)} AND id > ${afterId} ORDER BY id LIMIT ${limit}`;
}

/** All lots with a free spot, by id. */
export async function listAvailableLotViews(source: Queryable): Promise<LotView[]> {
  const lots = await source.sql<LotView[]>`${raw(LOT_VIEW)} ORDER BY id`;
  // A condition on the count would make SQLite count twice.
  return lots.filter(({ occupied, numberOfSpots }) => occupied < numberOfSpots);
}
