import { Module } from '@nestjs/common';
import { LotsService } from './lots/lots.service.js';
import { ReservationsService } from './reservations/reservations.service.js';

@Module({
  providers: [LotsService, ReservationsService],
  exports: [LotsService, ReservationsService],
})
export class ParkingModule {}
