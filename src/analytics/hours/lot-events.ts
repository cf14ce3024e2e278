import type { Queryable } from '../../platform/database/queryable.js';
import { list, part, type SqlFragment } from '../../platform/database/sql/sql.js';
import type { Span } from '../lots/lot-periods.js';
import type { LotEvent } from './sum-hours.js';

interface EventRow {
  readonly lotId: number;
  readonly at: number;
  readonly kind: 'arrival' | 'departure' | 'cancelled' | 'no_show';
  readonly dwell: number;
  readonly charged: number;
}

const NO_FILTER = part``;

/** The stays and fees of the lots (all lots if there is no list) in a range, as events sorted by time. */
export async function readLotEvents(
  database: Queryable,
  { from, until }: Span,
  lotIds?: readonly number[],
): Promise<ReadonlyMap<number, LotEvent[]>> {
  const ofLots: SqlFragment = lotIds ? part`AND lot_id IN (${list(lotIds)})` : NO_FILTER;
  // Each part uses the index on its instant. COALESCE repeats the expression of the index
  // reservations_events.
  const rows = await database.sql<EventRow[]>`
    SELECT lot_id AS "lotId", parked_at AS at, 'arrival' AS kind, 0 AS dwell, 0 AS charged
    FROM reservations
    WHERE parked_at >= ${from} AND parked_at < ${until} AND status IN ('active', 'completed') ${ofLots}
    UNION ALL
    SELECT lot_id, left_at, 'departure', left_at - parked_at, cost FROM reservations
    WHERE COALESCE(left_at, parked_at) >= ${from} AND COALESCE(left_at, parked_at) < ${until}
      AND status = 'completed' ${ofLots}
    UNION ALL
    SELECT lot_id, ended_at, status, 0, cost FROM reservations
    WHERE ended_at >= ${from} AND ended_at < ${until} AND status IN ('cancelled', 'no_show')
      ${ofLots}`;
  const events = new Map<number, LotEvent[]>();
  for (const row of rows.sort((one, other) => one.at - other.at)) {
    const ofLot = events.get(row.lotId);
    if (ofLot) ofLot.push(eventOf(row));
    else events.set(row.lotId, [eventOf(row)]);
  }
  return events;
}

function eventOf({ kind, at, dwell, charged }: EventRow): LotEvent {
  if (kind === 'arrival') return { kind, at };
  if (kind === 'departure') return { kind, at, dwell, charged };
  return { kind: 'fee', at, charged, isNoShow: kind === 'no_show' };
}
