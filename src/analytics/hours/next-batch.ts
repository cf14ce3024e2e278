import type { Tx } from '../../platform/database/tx.js';
import { HOUR } from '../../platform/time/durations.js';
import type { Span } from '../lots/lot-periods.js';

/** Number of bookings that one transaction sums, in about 20 ms. */
const BOOKINGS = 1_000;
/** Number of rows that one transaction stores, one per lot and hour. */
const LOT_HOURS = 5_000;

interface Backlog {
  /** Hours that ended by this instant (ms) are summed; 0 if none are. */
  readonly from: number;
  /** The end of the last hour that can be summed. */
  readonly target: number;
  /** Lots in which cars are parked at `from`. */
  readonly occupiedLots: number;
}

/** The hours (UTC) that one transaction sums: at least one if any is due. */
export async function nextBatch(tx: Tx, { from, target, occupiedLots }: Backlog): Promise<Span> {
  // A lot whose hours do not begin on full hours of UTC may have an hour that began earlier.
  const since = from - HOUR;
  const arrivals = await tx.sql<{ lotId: number; at: number }[]>`
    SELECT lot_id AS "lotId", parked_at AS at FROM reservations
    WHERE parked_at >= ${since} ORDER BY parked_at LIMIT ${BOOKINGS + 1}`;
  // Nothing happens in empty lots until the next event.
  const next = Math.min(arrivals[0]?.at ?? target, (await nextFee(tx, since)) ?? target);
  const start = Math.min(target, occupiedLots > 0 ? from : hourOf(Math.max(from, next)));
  const lots = occupiedLots + new Set(arrivals.map(({ lotId }) => lotId)).size;
  const hours = Math.max(1, Math.floor(LOT_HOURS / Math.max(lots, 1)));
  const crowded = hourOf(arrivals[BOOKINGS]?.at ?? Infinity);
  const hour = hourOf(start) + HOUR;
  const until = Math.min(hourOf(start) + hours * HOUR, Math.max(hour, crowded), target);
  return { from: start, until };
}

async function nextFee(tx: Tx, from: number): Promise<number | undefined> {
  const [row] = await tx.sql<{ at: number }[]>`
    SELECT ended_at AS at FROM reservations
    WHERE ended_at >= ${from} AND status IN ('cancelled', 'no_show') ORDER BY ended_at LIMIT 1`;
  return row?.at;
}

function hourOf(instant: number): number {
  return Math.floor(instant / HOUR) * HOUR;
}
