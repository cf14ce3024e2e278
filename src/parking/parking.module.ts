import { Module } from '@nestjs/common';
import { LotsService } from './lots/lots.service.js';
import { BookingMetrics } from './reservations/booking-metrics.js';
import { ReservationsService } from './reservations/reservations.service.js';
import { CacheModule } from '../platform/cache/cache.module.js';

@Module({
  imports: [CacheModule],
  providers: [BookingMetrics, LotsService, ReservationsService],
  exports: [LotsService, ReservationsService],
})
export class ParkingModule {}
