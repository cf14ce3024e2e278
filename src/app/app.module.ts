import { type DynamicModule, Module } from '@nestjs/common';
import { AdminModule } from '../admin/admin.module.js';
import { AuthApiModule, AuthModule } from '../auth/auth.module.js';
import { CacheModule } from '../platform/cache/cache.module.js';
import type { Clock } from '../platform/time/clock.js';
import { CommonModule } from '../platform/platform.module.js';
import type { Configuration } from '../platform/config/configuration.js';
import { DatabaseModule } from '../platform/database/database.module.js';
import { ENTITIES } from './entities.js';
import { JobsModule } from '../jobs/jobs.module.js';
import { OperationsModule } from '../operations/operations.module.js';
import { ParkingModule } from '../parking/parking.module.js';
import { UserModule } from '../user/user.module.js';

/** In the order in which the API's documentation shows their routes. */
const API = [UserModule, AuthApiModule, AdminModule];

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
