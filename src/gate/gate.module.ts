import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { ParkingModule } from '../parking/parking.module.js';
import { GateController } from './gate.controller.js';

/** The API of gates: `/api/gate`. */
@Module({
  imports: [AuthModule, ParkingModule],
  controllers: [GateController],
})
export class GateModule {}
