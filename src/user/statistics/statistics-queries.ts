import { Injectable } from '@nestjs/common';
import { localMonth, monthPeriod } from '../../platform/time/calendar.js';
import { Clock } from '../../platform/time/clock.js';
import { Configuration } from '../../platform/config/configuration.js';
import { ReadDatabase } from '../../platform/database/read-database.js';
import { driverTag } from '../../parking/cache-tags.js';
import { SettledCache } from '../../parking/reservations/ahead/settled-cache.js';
import { MINUTE } from '../../platform/time/durations.js';

/** How old the statistics may be, in milliseconds (docs/contract.md). */
const MAX_AGE = 2 * MINUTE;

/** A driver's statistics; money in minor units. */
export interface DriverStatistics {
  readonly bookings: number;
  readonly active: number;
  readonly spent: number;
  /** Bookings that began in the current calendar month. */
  readonly thisMonth: number;
  /** Reservations that are not checked in. */
  readonly upcoming: number;
}

@Injectable()
export class DriverStatisticsQueries {
  constructor(
    private readonly database: ReadDatabase,
    private readonly cache: SettledCache,
    private readonly clock: Clock,
    private readonly configuration: Configuration,
  ) {}

  /** The statistics, at most two minutes old and never older than a write of the driver. */
  read(userId: number): Promise<DriverStatistics> {
    return this.cache.remember({
      key: `driver-statistics:${userId}`,
      maxAge: MAX_AGE,
      tags: [driverTag(userId)],
      load: () => this.load(userId),
    });
  }

  private async load(userId: number): Promise<DriverStatistics> {
    const { timezone } = this.configuration;
    const month = monthPeriod(localMonth(this.clock.now(), timezone), timezone);
    const [row] = await this.database.sql<[DriverStatistics]>`
      SELECT
        COALESCE((SELECT bookings FROM driver_totals WHERE user_id = ${userId}), 0) AS bookings,
        COALESCE((SELECT spent FROM driver_totals WHERE user_id = ${userId}), 0) AS spent,
        (SELECT COUNT(*) FROM reservations
          WHERE user_id = ${userId} AND left_at IS NULL) AS active,
        (SELECT COUNT(*) FROM reservations
          WHERE user_id = ${userId} AND parked_at >= ${month.start.getTime()}
            AND parked_at < ${month.end.getTime()} AND status IN ('active', 'completed'))
          AS "thisMonth",
        (SELECT COUNT(*) FROM reservations
          WHERE user_id = ${userId} AND status = 'reserved') AS upcoming`;
    return row;
  }
}
