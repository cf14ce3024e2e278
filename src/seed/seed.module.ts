import { type DynamicModule, Module, type OnApplicationShutdown } from '@nestjs/common';
import { Account } from '../auth/account.entity.js';
import { AccountsService } from '../auth/accounts.service.js';
import { Passwords } from '../auth/passwords.js';
import { Session } from '../auth/session.entity.js';
import { CacheModule } from '../common/cache/cache.module.js';
import type { Clock } from '../common/clock.js';
import { CommonModule } from '../common/common.module.js';
import { Configuration } from '../common/config/configuration.js';
import { openReader, openWriter, Reader, Writer } from '../common/database/data-sources.js';
import { SqliteTransactionRunner } from '../common/database/sqlite-transaction-runner.js';
import { TransactionRunner } from '../common/database/transaction-runner.js';
import { Lot } from '../parking/lots/lot.entity.js';
import { Reservation } from '../parking/reservations/reservation.entity.js';
import { Spot } from '../parking/spots/spot.entity.js';
import { CitySeeder } from './city-seeder.js';
import { PatientWriter, prepareForBulk } from './patient-writer.js';

const ENTITIES = [Account, Session, Lot, Spot, Reservation];

/** The program's database and accounts without its API, on connections made for bulk writing. */
@Module({
  imports: [CacheModule],
  providers: [
    {
      provide: Writer,
      inject: [Configuration],
      useFactory: async ({ databaseFile }: Configuration) =>
        prepareForBulk(await openWriter(databaseFile, ENTITIES)),
    },
    {
      provide: Reader,
      inject: [Configuration, Writer],
      useFactory: ({ databaseFile }: Configuration) => openReader(databaseFile, ENTITIES),
    },
    {
      provide: TransactionRunner,
      inject: [Writer],
      useFactory: (writer: Writer) => new SqliteTransactionRunner(writer),
    },
    AccountsService,
    Passwords,
    PatientWriter,
    CitySeeder,
  ],
})
export class SeedModule implements OnApplicationShutdown {
  constructor(
    private readonly writer: Writer,
    private readonly reader: Reader,
  ) {}

  static forRoot(configuration: Configuration, clock: Clock): DynamicModule {
    return { module: SeedModule, imports: [CommonModule.forRoot(configuration, clock)] };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.reader.destroy();
    await this.writer.destroy();
  }
}
