import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { ParkingModule } from '../parking/parking.module.js';
import { CacheModule } from '../platform/cache/cache.module.js';
import { ErasureService } from './erasure.service.js';
import { StoredDataQueries } from './stored-data/stored-data-queries.js';

/** Reads and erases what all tables store about a person. */
@Module({
  imports: [AuthModule, CacheModule, ParkingModule],
  providers: [ErasureService, StoredDataQueries],
  exports: [ErasureService, StoredDataQueries],
})
export class PeopleModule {}
