import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { JobsModule } from '../jobs/jobs.module.js';
import { ParkingModule } from '../parking/parking.module.js';
import { UserAccountController } from './account.controller.js';
import { UserBookingsController } from './bookings/bookings.controller.js';
import { UserExportsController } from './exports/exports.controller.js';
import { AvailableLotsQueries } from './lots/available-lots-queries.js';
import { UserReportsController } from './reports/reports.controller.js';
import { UserStatisticsController } from './statistics/statistics.controller.js';
import { DriverStatisticsQueries } from './statistics/statistics-queries.js';
import { CacheModule } from '../platform/cache/cache.module.js';

/** The API of drivers: `/api/user`. */
@Module({
  imports: [AuthModule, CacheModule, JobsModule, ParkingModule],
  controllers: [
    UserAccountController,
    UserStatisticsController,
    UserBookingsController,
    UserExportsController,
    UserReportsController,
  ],
  providers: [AvailableLotsQueries, DriverStatisticsQueries],
})
export class UserModule {}
