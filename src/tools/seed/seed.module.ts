import { type DynamicModule, Module } from '@nestjs/common';
import { Account } from '../../auth/accounts/account.entity.js';
import { AccountsModule } from '../../auth/accounts/accounts.module.js';
import { Session } from '../../auth/sessions/session.entity.js';
import type { Clock } from '../../platform/time/clock.js';
import { PlatformModule } from '../../platform/platform.module.js';
import type { Configuration } from '../../platform/config/configuration.js';
import { DatabaseModule } from '../../platform/database/database.module.js';
import { Lot } from '../../parking/lots/lot.entity.js';
import { Reservation } from '../../parking/reservations/reservation.entity.js';
import { Spot } from '../../parking/spots/spot.entity.js';
import { CitySeeder } from './city-seeder.js';
import { ThrottledWriter } from './throttled-writer.js';

const ENTITIES = [Account, Session, Lot, Spot, Reservation];

/** Database and accounts of VPMS without its API. */
@Module({})
export class SeedModule {
  static forRoot(configuration: Configuration, clock: Clock): DynamicModule {
    return {
      module: SeedModule,
      imports: [
        PlatformModule.forRoot(configuration, clock),
        DatabaseModule.forRoot(ENTITIES),
        AccountsModule,
      ],
      providers: [ThrottledWriter, CitySeeder],
    };
  }
}
