import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { ApiBody, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, Roles } from '../../auth/access/access.js';
import { TransactionRunner } from '../../platform/database/transaction-runner.js';
import { ApiProblems } from '../../platform/errors/api-problems.js';
import { ApiId, IdPipe } from '../../platform/http/validation/id.pipe.js';
import { ApiNoBody, NoBodyDto } from '../../platform/http/validation/no-body.dto.js';
import { Idempotent, Transactions } from '../../platform/idempotency/idempotent.js';
import { Currency } from '../../platform/money/money.js';
import type { Principal } from '../../platform/principal.js';
import { Clock } from '../../platform/time/clock.js';
import { BookingAction } from '../../api-models/booking-action.js';
import { BookingDto, mapBooked, mapBooking } from '../../api-models/booking.dto.js';
import { AheadService } from '../../parking/reservations/ahead/ahead.service.js';
import { CheckInService } from '../../parking/reservations/ahead/check-in.service.js';
import { ReservationsService } from '../../parking/reservations/reservations.service.js';
import { BookAheadDto, CancellationDto, mapCancellation, toAheadRequest } from './ahead.dto.js';

@ApiTags('User: booking ahead')
@Roles('user')
@Controller('api/user/bookings')
export class UserAheadController {
  constructor(
    private readonly ahead: AheadService,
    private readonly checkIns: CheckInService,
    private readonly reservations: ReservationsService,
    private readonly transactions: TransactionRunner,
    private readonly currency: Currency,
    private readonly clock: Clock,
  ) {}

  @ApiOperation({ summary: 'Book ahead: reserve a spot for a window, or hold one' })
  @ApiCreatedResponse({ type: BookingDto })
  @ApiProblems(
    'VALIDATION_FAILED',
    'LOT_NOT_FOUND',
    'VEHICLE_NOT_FOUND',
    'LOT_FULL',
    'BOOKING_OVERLAPS',
  )
  @Idempotent()
  @ApiBody({
    type: BookAheadDto,
    // Swagger UI would send all fields, but `vehicle_number` and `vehicle_id` exclude each other.
    examples: {
      plate: {
        value: {
          lot_id: 1,
          from: '2026-03-02T09:00:00.000Z',
          until: '2026-03-02T11:00:00.000Z',
          vehicle_number: 'DL 01 AB 1234',
        },
      },
      vehicle: {
        value: {
          lot_id: 1,
          from: '2026-03-02T09:00:00.000Z',
          until: '2026-03-02T11:00:00.000Z',
          vehicle_id: 3,
        },
      },
    },
  })
  @Post()
  async bookAhead(
    @CurrentPrincipal() { id }: Principal,
    @Body() body: BookAheadDto,
    @Transactions() transactions: TransactionRunner,
  ): Promise<BookingDto> {
    const booking = await this.ahead.book(transactions, toAheadRequest(id, body));
    return mapBooked(booking, this.currency);
  }

  @ApiOperation({ summary: 'A booking of any status' })
  @ApiOkResponse({ type: BookingDto })
  @ApiProblems('VALIDATION_FAILED', 'BOOKING_NOT_FOUND')
  @ApiId()
  @Get(':id')
  async getBooking(
    @CurrentPrincipal() principal: Principal,
    @Param('id', IdPipe) id: number,
  ): Promise<BookingDto> {
    const booking = await this.reservations.find(principal.id, id);
    return mapBooking(booking, { currency: this.currency, now: this.clock.now() });
  }

  @BookingAction(':id/confirm', {
    summary: 'Confirm a hold',
    problems: ['WRONG_STATUS', 'HOLD_EXPIRED'],
  })
  @ApiNoBody()
  async confirmBooking(
    @CurrentPrincipal() { id: userId }: Principal,
    @Param('id', IdPipe) id: number,
    @Body() _: NoBodyDto,
    @Transactions() transactions: TransactionRunner,
  ): Promise<BookingDto> {
    return mapBooked(await this.ahead.confirm(transactions, { userId, id }), this.currency);
  }

  @ApiOperation({ summary: 'What cancelling a booking costs now' })
  @ApiOkResponse({ type: CancellationDto })
  @ApiProblems('VALIDATION_FAILED', 'BOOKING_NOT_FOUND', 'WRONG_STATUS')
  @ApiId()
  @Get(':id/cancellation')
  async previewCancellation(
    @CurrentPrincipal() { id: userId }: Principal,
    @Param('id', IdPipe) id: number,
  ): Promise<CancellationDto> {
    const cancellation = await this.ahead.previewCancellation(this.transactions, { userId, id });
    return mapCancellation(cancellation, this.currency);
  }

  @BookingAction(':id/cancel', {
    summary: 'Cancel a hold or a reservation',
    problems: ['WRONG_STATUS'],
  })
  @ApiNoBody()
  async cancelBooking(
    @CurrentPrincipal() { id: userId }: Principal,
    @Param('id', IdPipe) id: number,
    @Body() _: NoBodyDto,
    @Transactions() transactions: TransactionRunner,
  ): Promise<BookingDto> {
    return mapBooked(await this.ahead.cancel(transactions, { userId, id }), this.currency);
  }

  @BookingAction(':id/check-in', {
    summary: 'Check in: park on a free spot for the reservation',
    problems: ['WRONG_STATUS', 'TOO_EARLY', 'ALREADY_PARKED', 'SPOT_OCCUPIED'],
  })
  @ApiNoBody()
  async checkIn(
    @CurrentPrincipal() { id: userId }: Principal,
    @Param('id', IdPipe) id: number,
    @Body() _: NoBodyDto,
    @Transactions() transactions: TransactionRunner,
  ): Promise<BookingDto> {
    return mapBooked(await this.checkIns.checkIn(transactions, { userId, id }), this.currency);
  }
}
