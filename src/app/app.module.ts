import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER, APP_PIPE } from '@nestjs/core';
import { NewPasswordConstraint } from '../api-models/accounts/new-password.js';
import { ProblemFilter } from '../platform/errors/problem.filter.js';
import { RequestPipe } from '../platform/http/validation/request.pipe.js';
import { AdminModule } from '../admin/admin.module.js';
import { AccountModule } from '../account/account.module.js';
import { AuthModule } from '../auth/auth.module.js';
import type { Clock } from '../platform/time/clock.js';
import { PlatformModule } from '../platform/platform.module.js';
import type { Configuration } from '../platform/config/configuration.js';
import { DatabaseModule } from '../platform/database/database.module.js';
import { ENTITIES } from './entities.js';
import { GateModule } from '../gate/gate.module.js';
import { JOB_KINDS } from '../jobs/job-kinds.js';
import { JobsWorkerModule } from '../jobs/jobs-worker.module.js';
import { JobsModule } from '../jobs/jobs.module.js';
import { OperationsModule } from '../operations/operations.module.js';
import { ParkingModule } from '../parking/parking.module.js';
import { PublicModule } from '../public/public.module.js';
import { QueueModule } from '../platform/queue/queue.module.js';
import { UserModule } from '../user/user.module.js';

/** The API documentation lists the routes in this order. */
const API = [UserModule, AccountModule, AdminModule, GateModule];

@Module({})
export class AppModule {
  static forRoot(configuration: Configuration, clock: Clock): DynamicModule {
    return {
      module: AppModule,
      imports: [
        PlatformModule.forRoot(configuration, clock),
        DatabaseModule.forRoot(ENTITIES),
        AuthModule,
        ParkingModule,
        QueueModule.forRoot(configuration, JOB_KINDS),
        JobsModule,
        ...(configuration.role === 'api' ? [] : [JobsWorkerModule.forRoot(configuration)]),
        ...(configuration.role === 'worker' ? [] : API),
        ...(configuration.role === 'worker' || !configuration.publicBoard ? [] : [PublicModule]),
        OperationsModule,
      ],
      providers: [
        { provide: APP_FILTER, useClass: ProblemFilter },
        { provide: APP_PIPE, useClass: RequestPipe },
        NewPasswordConstraint,
      ],
    };
  }
}
