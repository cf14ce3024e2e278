import type { LotMetrics } from '../../../../src/analytics/metrics.js';
import { MINUTE } from '../../../../src/platform/time/durations.js';

/** A booking as it is stored. Instants in ms, money in minor units. */
export interface StoredBooking {
  readonly lot_id: number;
  readonly status: string;
  readonly parked_at: number;
  readonly left_at: number | null;
  readonly ended_at: number | null;
  readonly cost: number | null;
}

interface Stay {
  readonly from: number;
  /** Infinity while parked. */
  readonly until: number;
}

interface Spots {
  readonly since: number;
  readonly numberOfSpots: number;
}

interface PlainLot {
  readonly createdAt: number;
  readonly deletedAt: number;
  readonly spots: readonly Spots[];
}

/** The metrics of a period, computed from the bookings of a lot one by one. */
export function plainMetrics(
  bookings: readonly StoredBooking[],
  lot: PlainLot,
  { from, until, now }: { readonly from: number; readonly until: number; readonly now: number },
): Omit<LotMetrics, 'lotId' | 'lotName' | 'from' | 'until'> {
  const isIn = (instant: number | null) => instant !== null && instant >= from && instant < until;
  const stays: Stay[] = bookings
    .filter(({ status }) => status === 'active' || status === 'completed')
    .map((booking) => ({ from: booking.parked_at, until: booking.left_at ?? Infinity }));
  const arrived = stays.filter((stay) => isIn(stay.from));
  const left = stays.filter((stay) => isIn(stay.until));
  const sessions = stays.filter(
    (stay) => isIn(stay.from) || (stay.from < from && stay.until > from),
  );
  const end = Math.min(until, now);
  const parked = sum(stays, (stay) => overlap(stay, { from, until: end }));
  const parkedAt = (instant: number) =>
    stays.filter((stay) => stay.from <= instant && instant < stay.until).length;
  const ended = bookings.filter(
    ({ status, ended_at: at }) => (status === 'no_show' || status === 'cancelled') && isIn(at),
  );
  const paid = bookings.filter(({ status, left_at: at }) => status === 'completed' && isIn(at));
  const existed = {
    from: Math.max(from, lot.createdAt),
    until: Math.min(end, lot.deletedAt),
  };
  const capacity = sum(lot.spots, (spots) => {
    const next = lot.spots.find(({ since }) => since > spots.since)?.since ?? Infinity;
    return spots.numberOfSpots * overlap({ from: spots.since, until: next }, existed);
  });
  const occupancy = rounded(parked * 100, capacity) ?? 0;
  return {
    sessions: sessions.length,
    arrivals: arrived.length,
    departures: left.length,
    noShows: ended.filter(({ status }) => status === 'no_show').length,
    averageDwell: rounded(
      sum(left, (stay) => stay.until - stay.from),
      left.length * MINUTE,
    ),
    turnover: rounded(sessions.length * (existed.until - existed.from), capacity) ?? 0,
    occupancy: Math.min(occupancy, 100),
    peak: Math.max(0, parkedAt(from), ...arrived.map((stay) => parkedAt(stay.from))),
    revenue: sum([...ended, ...paid], ({ cost }) => cost ?? 0),
  };
}

function overlap(one: Stay, other: Stay): number {
  return Math.max(0, Math.min(one.until, other.until) - Math.max(one.from, other.from));
}

function sum<T>(items: readonly T[], valueOf: (item: T) => number): number {
  return items.reduce((total, item) => total + valueOf(item), 0);
}

/** Rounds the quotient to two decimals, half up. The intermediate values of the tests are exact in binary. */
function rounded(dividend: number, divisor: number): number | null {
  if (divisor <= 0) return null;
  return Math.floor((dividend * 200 + divisor) / (divisor * 2)) / 100;
}
