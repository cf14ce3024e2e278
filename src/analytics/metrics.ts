import { MINUTE } from '../platform/time/durations.js';
import type { Sums } from './hours/sums.js';
import type { LotHistory } from './lots/lot-histories.js';
import type { Span } from './lots/lot-periods.js';
import type { LotPeriod } from './lots/periods-of-lots.js';

/** The metrics of a lot in a period; docs/analytics.md defines each. Quotients have two decimals. */
export interface LotMetrics extends Span {
  readonly lotId: number;
  readonly lotName: string;
  readonly sessions: number;
  readonly arrivals: number;
  readonly departures: number;
  readonly noShows: number;
  /** In minutes; null if no stay ended. */
  readonly averageDwell: number | null;
  /** Sessions per spot. */
  readonly turnover: number;
  /** 0 to 100. */
  readonly occupancy: number;
  readonly peak: number;
  /** In minor units. */
  readonly revenue: number;
}

/** A period of a lot with its sums. */
export interface SummedPeriod extends LotPeriod {
  readonly sums: Sums;
}

/** @param now in ms; the time after it does not count as part of the period */
export function metricsOf({ lot, sums, ...period }: SummedPeriod, now: number): LotMetrics {
  const { from, until } = existingPart({ lot, ...period }, now);
  const capacity = capacityOf(lot, { from, until });
  const sessions = sums.carried + sums.arrivals;
  return {
    ...period,
    lotId: lot.id,
    lotName: lot.name,
    sessions,
    arrivals: sums.arrivals,
    departures: sums.departures,
    noShows: sums.noShows,
    averageDwell: quotient(sums.dwell, sums.departures * MINUTE),
    turnover: quotient(sessions * (until - from), capacity) ?? 0,
    occupancy: Math.min(quotient(sums.parked * 100, capacity) ?? 0, 100),
    peak: sums.peak,
    revenue: sums.revenue,
  };
}

/** The part of the period in which the lot existed, until now. */
export function existingPart({ lot, from, until }: LotPeriod, now: number): Span {
  // If the clock was set back, a lot that was created later counts as created now.
  const createdAt = Math.min(lot.createdAt, now);
  return { from: Math.max(from, createdAt), until: Math.min(until, lot.deletedAt, now) };
}

/** The milliseconds of the span for which the lot had each of its spots, summed over the spots. */
export function capacityOf({ stock }: LotHistory, { from, until }: Span): number {
  return stock.reduce((total, { since, numberOfSpots }, index) => {
    const start = Math.max(from, since);
    const end = Math.min(until, stock[index + 1]?.since ?? Infinity);
    return total + numberOfSpots * Math.max(end - start, 0);
  }, 0);
}

/** The quotient with two decimals, rounded half up; null if the divisor is 0. Computed with integers. */
function quotient(dividend: number, divisor: number): number | null {
  if (divisor <= 0) return null;
  const [above, below] = [BigInt(dividend), BigInt(divisor)];
  return Number((above * 200n + below) / (below * 2n)) / 100;
}
