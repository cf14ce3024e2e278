import { type DynamicModule, Module } from '@nestjs/common';
import { Account } from '../auth/account.entity.js';
import { AccountsService } from '../auth/accounts.service.js';
import { Passwords } from '../auth/passwords.js';
import { Session } from '../auth/session.entity.js';
import { CacheModule } from '../common/cache/cache.module.js';
import type { Clock } from '../common/clock.js';
import { CommonModule } from '../common/common.module.js';
import type { Configuration } from '../common/config/configuration.js';
import { DatabaseModule } from '../common/database/database.module.js';
import { Lot } from '../parking/lots/lot.entity.js';
import { Reservation } from '../parking/reservations/reservation.entity.js';
import { Spot } from '../parking/spots/spot.entity.js';
import { CitySeeder } from './city-seeder.js';
import { PatientWriter } from './patient-writer.js';

const ENTITIES = [Account, Session, Lot, Spot, Reservation];

/** The program's database and accounts without its API. */
@Module({})
export class SeedModule {
  static forRoot(configuration: Configuration, clock: Clock): DynamicModule {
    return {
      module: SeedModule,
      imports: [
        CommonModule.forRoot(configuration, clock),
        DatabaseModule.forRoot(ENTITIES),
        CacheModule,
      ],
      providers: [AccountsService, Passwords, PatientWriter, CitySeeder],
    };
  }
}
