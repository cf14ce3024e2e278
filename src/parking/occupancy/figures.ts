import type { Queryable } from '../../platform/database/queryable.js';
import { takenSpots } from '../lots/lot-queries.js';

/** How many spots a lot has, and how many of them are taken. */
export interface LotFigures {
  readonly lotId: number;
  readonly numberOfSpots: number;
  /** Spots with a parked car, and spots that a booking claims within `walk_in_minutes`. */
  readonly occupiedSpots: number;
}

/** The figures of every lot, by id, equal to the figures of its `LotView`. `now` in ms. */
export async function readFigures(source: Queryable, now: number): Promise<LotFigures[]> {
  const rows = await source.sql<
    { lotId: number; numberOfSpots: number; parked: number; reserved: number }[]
  >`
    SELECT lots.id AS "lotId", number_of_spots AS "numberOfSpots", ${takenSpots(now)}
    FROM lots LEFT JOIN policies ON policies.id = lots.policy_id
    WHERE retired_at IS NULL ORDER BY lots.id`;
  return rows.map(({ lotId, numberOfSpots, parked, reserved }) => ({
    lotId,
    numberOfSpots,
    occupiedSpots: parked + reserved,
  }));
}
