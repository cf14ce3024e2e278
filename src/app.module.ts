import { type DynamicModule, Module } from '@nestjs/common';
import { AdminModule } from './admin/admin.module.js';
import { Account } from './auth/account.entity.js';
import { AuthApiModule, AuthModule } from './auth/auth.module.js';
import { Session } from './auth/session.entity.js';
import { CacheModule } from './common/cache/cache.module.js';
import type { Clock } from './common/clock.js';
import { CommonModule } from './common/common.module.js';
import type { Configuration } from './common/config/configuration.js';
import { DatabaseModule } from './common/database/database.module.js';
import { Export } from './jobs/exports/export.entity.js';
import { JobsModule } from './jobs/jobs.module.js';
import { Report } from './jobs/reports/report.entity.js';
import { JobRun } from './jobs/runs/job-run.entity.js';
import { OperationsModule } from './operations/operations.module.js';
import { Lot } from './parking/lots/lot.entity.js';
import { ParkingModule } from './parking/parking.module.js';
import { Reservation } from './parking/reservations/reservation.entity.js';
import { Spot } from './parking/spots/spot.entity.js';
import { UserModule } from './user/user.module.js';

/** In the order in which the API's documentation shows their routes. */
const API = [UserModule, AuthApiModule, AdminModule];

const ENTITIES = [Account, Session, Lot, Spot, Reservation, Export, JobRun, Report];

@Module({})
export class AppModule {
  static forRoot(configuration: Configuration, clock: Clock): DynamicModule {
    return {
      module: AppModule,
      imports: [
        CommonModule.forRoot(configuration, clock),
        DatabaseModule.forRoot(ENTITIES),
        CacheModule,
        AuthModule,
        ParkingModule,
        JobsModule.forRoot(configuration),
        ...(configuration.role === 'worker' ? [] : API),
        OperationsModule,
      ],
    };
  }
}
