import type { LotMetrics } from '../../analytics/metrics.js';
import { ApiInteger } from '../../platform/http/validation/numbers.js';
import type { Currency } from '../../platform/money/money.js';

/** The metrics of a lot in a period; docs/analytics.md defines each. Quotients have two decimals. */
export class LotMetricsDto {
  /** @example 1 */
  @ApiInteger()
  lot_id: number;

  /** Start of the period. */
  from: Date;

  /** End of the period, not included. The current period ends in the future. */
  until: Date;

  /** Stays that were present at some moment of the period. @example 210 */
  @ApiInteger()
  sessions: number;

  /** Stays that began in the period. @example 180 */
  @ApiInteger()
  arrivals: number;

  /** Stays that ended in the period. @example 175 */
  @ApiInteger()
  departures: number;

  /** Reservations that ended in the period because their drivers did not arrive. @example 2 */
  @ApiInteger()
  no_shows: number;

  /** Mean duration of the stays that ended in the period; null if there are none. @example 92.35 */
  average_dwell_minutes: number | null;

  /** Sessions per spot. @example 4.2 */
  turnover: number;

  /** Parked time as a percentage of the time for which spots existed; 0 to 100. @example 63.07 */
  occupancy_percent: number;

  /** The largest number of cars that were parked at one moment. @example 48 */
  @ApiInteger()
  peak_occupied: number;

  /** What was charged in the period, fees included. @example 1520.5 */
  revenue: number;
}

export function mapMetrics(row: LotMetrics, currency: Currency): LotMetricsDto {
  return {
    lot_id: row.lotId,
    from: new Date(row.from),
    until: new Date(row.until),
    sessions: row.sessions,
    arrivals: row.arrivals,
    departures: row.departures,
    no_shows: row.noShows,
    average_dwell_minutes: row.averageDwell,
    turnover: row.turnover,
    occupancy_percent: row.occupancy,
    peak_occupied: row.peak,
    revenue: currency.fromMinor(row.revenue),
  };
}
