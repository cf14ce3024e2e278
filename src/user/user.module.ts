import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { JobsModule } from '../jobs/jobs.module.js';
import { ParkingModule } from '../parking/parking.module.js';
import { UserAccountController } from './account.controller.js';
import { UserAheadController } from './bookings/ahead.controller.js';
import { UserBookingChangesController } from './bookings/booking-changes.controller.js';
import { UserBookingsController } from './bookings/bookings.controller.js';
import { UserExportsController } from './exports/exports.controller.js';
import { AvailableLotsQueries } from './lots/available-lots-queries.js';
import { UserReceiptsController } from './receipts/receipts.controller.js';
import { UserTariffsController } from './tariffs/tariffs.controller.js';
import { UserVehiclesController } from './vehicles/vehicles.controller.js';
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
    UserAheadController,
    UserBookingChangesController,
    UserReceiptsController,
    UserTariffsController,
    UserExportsController,
    UserReportsController,
    UserVehiclesController,
  ],
  providers: [AvailableLotsQueries, DriverStatisticsQueries],
})
export class UserModule {}
