import { ApiInteger } from '../../platform/http/validation/numbers.js';
import type { Currency } from '../../platform/money/money.js';
import type { Statistics } from './statistics-queries.js';

/** The installation's statistics, at most five minutes old. */
export class AdminStatisticsDto {
  /** @example 12 */
  @ApiInteger()
  totalLots: number;

  /** @example 640 */
  @ApiInteger()
  totalSpots: number;

  /** @example 212 */
  @ApiInteger()
  occupiedSpots: number;

  /** @example 428 */
  @ApiInteger()
  availableSpots: number;

  /** Drivers; admins are not counted. @example 1800 */
  @ApiInteger()
  totalUsers: number;

  /** @example 212 */
  @ApiInteger()
  activeReservations: number;

  /** Total cost of all stays, with the fees for late cancelling and no-shows. @example 96450.5 */
  totalRevenue: number;
}

export function mapStatistics(row: Statistics, currency: Currency): AdminStatisticsDto {
  return {
    totalLots: row.lots,
    totalSpots: row.spots,
    occupiedSpots: row.active,
    availableSpots: row.spots - row.active,
    totalUsers: row.users,
    activeReservations: row.active,
    totalRevenue: currency.fromMinor(row.revenue),
  };
}
