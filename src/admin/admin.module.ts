import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { JobsModule } from '../jobs/jobs.module.js';
import { ParkingModule } from '../parking/parking.module.js';
import { AdminAuditLogController } from './audit/audit-log.controller.js';
import { AuditLogReader } from './audit/audit-log.reader.js';
import { ActivityReader } from './dashboard/activity.reader.js';
import { AdminDashboardController } from './dashboard/dashboard.controller.js';
import { StatisticsReader } from './dashboard/statistics.reader.js';
import { AdminJobsController } from './jobs/jobs.controller.js';
import { AdminLoginController } from './login.controller.js';
import { AdminLotsController } from './lots/lots.controller.js';
import { SpotsReader } from './lots/spots.reader.js';
import { DriversReader } from './users/drivers.reader.js';
import { AdminUsersController } from './users/users.controller.js';
import { CacheModule } from '../platform/cache/cache.module.js';

/** The API of admins: `/api/admin`. */
@Module({
  imports: [AuthModule, CacheModule, JobsModule, ParkingModule],
  controllers: [
    AdminLoginController,
    AdminDashboardController,
    AdminLotsController,
    AdminUsersController,
    AdminJobsController,
    AdminAuditLogController,
  ],
  providers: [ActivityReader, AuditLogReader, DriversReader, SpotsReader, StatisticsReader],
})
export class AdminModule {}
