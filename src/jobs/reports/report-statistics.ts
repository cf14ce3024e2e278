import { Injectable } from '@nestjs/common';
import { Configuration } from '../../platform/config/configuration.js';
import { ReadDatabase } from '../../platform/database/read-database.js';
import { daysOfMonth } from '../../platform/time/calendar.js';
import { Clock } from '../../platform/time/clock.js';
import { findDriverMonth, type MonthlyStatistics } from './monthly-statistics.js';
import { decodeStatistics } from './report-content.js';
import type { Report } from './report.entity.js';

/** Reads the statistics of stored reports. */
@Injectable()
export class ReportStatistics {
  constructor(
    private readonly database: ReadDatabase,
    private readonly configuration: Configuration,
    private readonly clock: Clock,
  ) {}

  /**
   * The report's statistics. If a later version of the program has stored them, they are computed
   * again from the bookings; undefined if the driver no longer has a stay or a fee in the month.
   */
  async read(
    report: Pick<Report, 'userId' | 'period' | 'content'>,
  ): Promise<MonthlyStatistics | undefined> {
    const { userId, period: month, content } = report;
    const stored = decodeStatistics(content);
    if (stored) return stored;
    const days = daysOfMonth(month, this.configuration.timezone);
    const now = this.clock.now();
    return (await findDriverMonth(this.database, { month, days, now, userId }))?.statistics;
  }
}
