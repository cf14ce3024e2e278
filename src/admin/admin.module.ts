import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { JobsModule } from '../jobs/jobs.module.js';
import { ParkingModule } from '../parking/parking.module.js';
import { AdminAuditLogController } from './audit/audit-log.controller.js';
import { AuditLogQueries } from './audit/audit-log-queries.js';
import { ActivityQueries } from './dashboard/activity-queries.js';
import { AdminDashboardController } from './dashboard/dashboard.controller.js';
import { StatisticsQueries } from './dashboard/statistics-queries.js';
import { AdminJobsController } from './jobs/jobs.controller.js';
import { AdminLoginController } from './login.controller.js';
import { AdminLotsController } from './lots/lots.controller.js';
import { SpotQueries } from './lots/spot-queries.js';
import { DriverQueries } from './users/driver-queries.js';
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
  providers: [ActivityQueries, AuditLogQueries, DriverQueries, SpotQueries, StatisticsQueries],
})
export class AdminModule {}
