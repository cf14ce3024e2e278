import { Body, Controller, Get, Param, Patch, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, Roles } from '../../auth/access/access.js';
import { TransactionRunner } from '../../platform/database/transaction-runner.js';
import { ApiProblems } from '../../platform/errors/api-problems.js';
import { ApiId, IdPipe } from '../../platform/http/validation/id.pipe.js';
import { Transactions } from '../../platform/idempotency/idempotent.js';
import { Currency } from '../../platform/money/money.js';
import type { Principal } from '../../platform/principal.js';
import { BookingAction } from '../../api-models/booking-action.js';
import { BookingDto, mapBooked } from '../../api-models/booking.dto.js';
import { ChangesService } from '../../parking/reservations/ahead/changes.service.js';
import {
  BookingChangesDto,
  ExtendDto,
  ExtensionDto,
  mapExtension,
  toBookingChanges,
} from './ahead.dto.js';

@ApiTags('User: booking ahead')
@Roles('user')
@Controller('api/user/bookings')
export class UserBookingChangesController {
  constructor(
    private readonly changes: ChangesService,
    private readonly transactions: TransactionRunner,
    private readonly currency: Currency,
  ) {}

  @ApiOperation({ summary: 'Change a booking that is not checked in, while cancelling is free' })
  @ApiOkResponse({ type: BookingDto })
  @ApiProblems(
    'VALIDATION_FAILED',
    'BOOKING_NOT_FOUND',
    'VEHICLE_NOT_FOUND',
    'WRONG_STATUS',
    'TOO_LATE',
    'LOT_FULL',
    'BOOKING_OVERLAPS',
  )
  @ApiId()
  @Patch(':id')
  async changeBooking(
    @CurrentPrincipal() { id: userId }: Principal,
    @Param('id', IdPipe) id: number,
    @Body() body: BookingChangesDto,
  ): Promise<BookingDto> {
    const changes = toBookingChanges(body);
    const booking = await this.changes.change(this.transactions, { userId, id }, changes);
    return mapBooked(booking, this.currency);
  }

  @ApiOperation({ summary: 'What extending a booking costs' })
  @ApiOkResponse({ type: ExtensionDto })
  @ApiProblems('VALIDATION_FAILED', 'BOOKING_NOT_FOUND', 'WRONG_STATUS')
  @ApiId()
  @Get(':id/extension')
  async previewExtension(
    @CurrentPrincipal() { id: userId }: Principal,
    @Param('id', IdPipe) id: number,
    @Query() { until }: ExtendDto,
  ): Promise<ExtensionDto> {
    const booking = { userId, id };
    return mapExtension(
      await this.changes.previewExtension(this.transactions, booking, until.getTime()),
      this.currency,
    );
  }

  @BookingAction(':id/extend', {
    summary: 'Extend a booking, even after its end while still parked',
    problems: ['WRONG_STATUS', 'LOT_FULL', 'BOOKING_OVERLAPS'],
  })
  async extendBooking(
    @CurrentPrincipal() { id: userId }: Principal,
    @Param('id', IdPipe) id: number,
    @Body() { until }: ExtendDto,
    @Transactions() transactions: TransactionRunner,
  ): Promise<BookingDto> {
    const booking = await this.changes.extend(transactions, { userId, id }, until.getTime());
    return mapBooked(booking, this.currency);
  }
}
