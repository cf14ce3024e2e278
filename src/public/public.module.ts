import { Module } from '@nestjs/common';
import { ParkingModule } from '../parking/parking.module.js';
import { BoardController } from './board/board.controller.js';
import { PublicLotsQueries } from './lots/public-lots-queries.js';
import { PublicLotsController } from './lots/public-lots.controller.js';
import { OccupancyController } from './stream/occupancy.controller.js';
import { OccupancyStreams } from './stream/occupancy-streams.js';

/** What everyone may see: `/api/public` and the board. */
@Module({
  imports: [ParkingModule],
  controllers: [PublicLotsController, OccupancyController, BoardController],
  providers: [PublicLotsQueries, OccupancyStreams],
})
export class PublicModule {}
