import type { Queryable } from '../../platform/database/queryable.js';
import { list } from '../../platform/database/sql/sql.js';
import { parkedUntil } from './claim-queries.js';
import type { LotClaims, Window } from './lot-claims.js';

interface Lot {
  readonly id: number;
  readonly numberOfSpots: number;
}

/** What claims spots of the lots in the window (ms), by lot. */
export async function readWindowClaims(
  source: Queryable,
  lots: readonly Lot[],
  { from, until, now }: Window & { readonly now: number },
): Promise<(lot: Lot) => LotClaims> {
  const cars = new Map<number, { spotId: number; until: number }[]>();
  const bookings = new Map<number, { id: number; from: number; until: number; spotId: null }[]>();
  if (lots.length > 0) {
    const ids = list(lots.map(({ id }) => id));
    const parked = await source.sql<{ lotId: number; spotId: number; until: number }[]>`
      SELECT r.lot_id AS "lotId", r.spot_id AS "spotId", ${parkedUntil(now)} AS until
      FROM reservations r LEFT JOIN policies ON policies.id = r.policy_id
      WHERE r.lot_id IN (${ids}) AND r.left_at IS NULL`;
    for (const { lotId, ...car } of parked) append(cars, lotId, car);
    const ahead = await source.sql<{ lotId: number; id: number; from: number; until: number }[]>`
      SELECT lot_id AS "lotId", id, reserved_from AS "from", reserved_until AS until
      FROM reservations
      WHERE lot_id IN (${ids}) AND status IN ('held', 'reserved')
        AND reserved_from < ${until} AND reserved_until > ${from}`;
    for (const { lotId, ...booking } of ahead) {
      append(bookings, lotId, { ...booking, spotId: null });
    }
  }
  return ({ id, numberOfSpots }) => ({
    // Whether the lot is full depends on the number of spots only, so indexes replace their ids.
    spots: Array.from({ length: numberOfSpots }, (_, index) => index),
    parked: cars.get(id) ?? [],
    bookings: bookings.get(id) ?? [],
  });
}

function append<T>(lists: Map<number, T[]>, key: number, item: T): void {
  const known = lists.get(key);
  if (known) known.push(item);
  else lists.set(key, [item]);
}
