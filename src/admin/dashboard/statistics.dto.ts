import type { Currency } from '../../common/money.js';
import type { Statistics } from './statistics.reader.js';

/** The installation's figures, at most five minutes old. */
export class AdminStatisticsDto {
  /** @example 12 */
  totalLots: number;

  /** @example 640 */
  totalSpots: number;

  /** @example 212 */
  occupiedSpots: number;

  /** @example 428 */
  availableSpots: number;

  /** Drivers; admins are not counted. @example 1800 */
  totalUsers: number;

  /** @example 212 */
  activeReservations: number;

  /** What completed bookings have cost. @example 96450.5 */
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
