import { ApiInteger } from '../../platform/http/validation/numbers.js';
import type { Currency } from '../../platform/money/money.js';
import type { DriverStatistics } from './statistics-queries.js';

/** A driver's statistics, at most two minutes old. */
export class DriverStatisticsDto {
  /** @example 14 */
  @ApiInteger()
  totalBookings: number;

  /** 0 or 1. @example 1 */
  @ApiInteger()
  activeBookings: number;

  /** Total cost of completed bookings, and fees. @example 1260.5 */
  totalSpent: number;

  /** Bookings that began in the current calendar month, in the installation's time zone. @example 3 */
  @ApiInteger()
  monthlyBookings: number;

  /** Reservations that are not checked in. @example 1 */
  @ApiInteger()
  upcomingBookings: number;
}

export function mapStatistics(row: DriverStatistics, currency: Currency): DriverStatisticsDto {
  return {
    totalBookings: row.bookings,
    activeBookings: row.active,
    totalSpent: currency.fromMinor(row.spent),
    monthlyBookings: row.thisMonth,
    upcomingBookings: row.upcoming,
  };
}
