import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Put } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { CurrentPrincipal, Roles } from '../../auth/access/access.js';
import { TransactionRunner } from '../../platform/database/transaction-runner.js';
import { ApiProblems } from '../../platform/errors/api-problems.js';
import { ApiId, IdPipe } from '../../platform/http/validation/id.pipe.js';
import { Idempotent, Transactions } from '../../platform/idempotency/idempotent.js';
import { Currency } from '../../platform/money/money.js';
import type { Principal } from '../../platform/principal.js';
import { BookingDto, mapBooked } from '../../api-models/booking.dto.js';
import { mapVehicle, VehicleDto } from '../../api-models/vehicle.dto.js';
import { BookingVehicles } from '../../parking/reservations/booking-vehicles.service.js';
import { VehiclesService } from '../../parking/vehicles/vehicles.service.js';
import { toVehicleChoice } from './booked-vehicle.js';
import {
  BookedVehicleDto,
  NewVehicleDto,
  toVehicle,
  toVehicleChanges,
  VehicleChangesDto,
} from './vehicle.dto.js';

@ApiTags('User: vehicles')
@Roles('user')
@Controller('api/user')
export class UserVehiclesController {
  constructor(
    private readonly vehicles: VehiclesService,
    private readonly bookings: BookingVehicles,
    private readonly transactions: TransactionRunner,
    private readonly currency: Currency,
  ) {}

  @ApiOperation({ summary: "The caller's vehicles, by id; at most 20" })
  @ApiOkResponse({ type: VehicleDto, isArray: true })
  @Get('vehicles')
  async listVehicles(@CurrentPrincipal() { id }: Principal): Promise<VehicleDto[]> {
    return (await this.vehicles.list(id)).map(mapVehicle);
  }

  @ApiOperation({
    summary: 'Add a vehicle',
    description:
      'Several accounts may have a vehicle with the same plate, but it opens gates for only one of them. Plates are compared without case, white space, dashes and dots.',
  })
  @ApiCreatedResponse({ type: VehicleDto })
  @ApiProblems('VALIDATION_FAILED', 'TOO_MANY_VEHICLES', 'PLATE_TAKEN')
  @Idempotent()
  @Post('vehicles')
  async addVehicle(
    @CurrentPrincipal() { id }: Principal,
    @Body() body: NewVehicleDto,
    @Transactions() transactions: TransactionRunner,
  ): Promise<VehicleDto> {
    return mapVehicle(await this.vehicles.add(transactions, id, toVehicle(body)));
  }

  @ApiOperation({ summary: 'Change a vehicle; bookings keep their plates' })
  @ApiOkResponse({ type: VehicleDto })
  @ApiProblems('VALIDATION_FAILED', 'VEHICLE_NOT_FOUND', 'PLATE_TAKEN')
  @ApiId()
  @Patch('vehicles/:id')
  async changeVehicle(
    @CurrentPrincipal() { id: userId }: Principal,
    @Param('id', IdPipe) id: number,
    @Body() body: VehicleChangesDto,
  ): Promise<VehicleDto> {
    const vehicle = { userId, id };
    const changes = toVehicleChanges(body);
    return mapVehicle(await this.vehicles.change(this.transactions, vehicle, changes));
  }

  @ApiOperation({ summary: 'Remove a vehicle; bookings keep their plates' })
  @ApiNoContentResponse()
  @ApiProblems('VALIDATION_FAILED', 'VEHICLE_NOT_FOUND')
  @ApiId()
  @HttpCode(204)
  @Delete('vehicles/:id')
  removeVehicle(
    @CurrentPrincipal() { id: userId }: Principal,
    @Param('id', IdPipe) id: number,
  ): Promise<void> {
    return this.vehicles.remove(this.transactions, { userId, id });
  }

  @ApiOperation({ summary: 'Correct the plate of a booking, until 24 hours after its end' })
  @ApiOkResponse({ type: BookingDto })
  @ApiProblems('VALIDATION_FAILED', 'BOOKING_NOT_FOUND', 'VEHICLE_NOT_FOUND', 'TOO_LATE')
  @ApiId()
  @Put('bookings/:id/vehicle')
  async correctVehicle(
    @CurrentPrincipal() principal: Principal,
    @Param('id', IdPipe) id: number,
    @Body() body: BookedVehicleDto,
  ): Promise<BookingDto> {
    const change = { principal, choice: toVehicleChoice(body) };
    return mapBooked(await this.bookings.correct(this.transactions, id, change), this.currency);
  }
}
