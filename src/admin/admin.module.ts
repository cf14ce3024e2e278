import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { JobsModule } from '../jobs/jobs.module.js';
import { ParkingModule } from '../parking/parking.module.js';
import { AnalyticsModule } from '../analytics/analytics.module.js';
import { AdminAnalyticsController } from './analytics/analytics.controller.js';
import { AdminAuditLogController } from './audit/audit-log.controller.js';
import { AuditLogQueries } from './audit/audit-log-queries.js';
import { AdminBookingsController } from './bookings/bookings.controller.js';
import { ActivityQueries } from './dashboard/activity-queries.js';
import { AdminDashboardController } from './dashboard/dashboard.controller.js';
import { StatisticsQueries } from './dashboard/statistics-queries.js';
import { AdminGateEventsController } from './gates/gate-events.controller.js';
import { AdminGatesController } from './gates/gates.controller.js';
import { AdminJobsController } from './jobs/jobs.controller.js';
import { AdminLoginController } from './login.controller.js';
import { AdminLotsQueries } from './lots/admin-lots-queries.js';
import { AdminLotsController } from './lots/lots.controller.js';
import { SpotQueries } from './lots/spot-queries.js';
import { AdminLotTariffsController } from './tariffs/lot-tariffs.controller.js';
import { AdminTariffPreviewController } from './tariffs/tariff-preview.controller.js';
import { AdminPoliciesController } from './policies/policies.controller.js';
import { DriverDetailsQueries } from './users/driver-details-queries.js';
import { DriverQueries } from './users/driver-queries.js';
import { AdminOperatorsController } from './users/operators.controller.js';
import { OperatorQueries } from './users/operator-queries.js';
import { AdminUsersController } from './users/users.controller.js';
import { CacheModule } from '../platform/cache/cache.module.js';

/** The API of admins: `/api/admin`. */
@Module({
  imports: [AnalyticsModule, AuthModule, CacheModule, JobsModule, ParkingModule],
  controllers: [
    AdminLoginController,
    AdminDashboardController,
    AdminAnalyticsController,
    AdminLotsController,
    AdminLotTariffsController,
    AdminTariffPreviewController,
    AdminPoliciesController,
    AdminBookingsController,
    AdminGatesController,
    AdminGateEventsController,
    AdminUsersController,
    AdminOperatorsController,
    AdminJobsController,
    AdminAuditLogController,
  ],
  providers: [
    ActivityQueries,
    AdminLotsQueries,
    AuditLogQueries,
    DriverDetailsQueries,
    DriverQueries,
    OperatorQueries,
    SpotQueries,
    StatisticsQueries,
  ],
})
export class AdminModule {}
