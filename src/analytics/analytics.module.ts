import { Module } from '@nestjs/common';
import { Analytics } from './analytics.service.js';
import { ParkingModule } from '../parking/parking.module.js';
import { AnalyticsReport } from './report/analytics-report.js';
import { HourlySums } from './hours/hourly-sums.service.js';

/** Sums per hour, the metrics that are computed from them, and plots of the metrics. */
@Module({
  imports: [ParkingModule],
  providers: [Analytics, AnalyticsReport, HourlySums],
  exports: [Analytics, AnalyticsReport, HourlySums],
})
export class AnalyticsModule {}
