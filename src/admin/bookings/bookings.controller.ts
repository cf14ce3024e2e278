import { Body, Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, Roles } from '../../auth/access/access.js';
import { TransactionRunner } from '../../platform/database/transaction-runner.js';
import { ApiProblems } from '../../platform/errors/api-problems.js';
import { ApiPage } from '../../platform/http/pagination/api-page.js';
import { IdPipe } from '../../platform/http/validation/id.pipe.js';
import { Transactions } from '../../platform/idempotency/idempotent.js';
import { Currency } from '../../platform/money/money.js';
import type { Page } from '../../platform/page.js';
import type { Principal } from '../../platform/principal.js';
import { Clock } from '../../platform/time/clock.js';
import { BookingAction } from '../../api-models/booking-action.js';
import { BookingDto, mapBooked, mapBooking } from '../../api-models/booking.dto.js';
import { OperatorBookings } from '../../parking/reservations/ahead/operator.service.js';
import { ActForDriverDto, CancelForDriverDto } from './act-for-driver.dto.js';
import { AdminBookingsQuery, toSearch } from './bookings-query.dto.js';

@ApiTags('Admin: bookings')
@Roles('admin')
@Controller('api/admin/bookings')
export class AdminBookingsController {
  constructor(
    private readonly bookings: OperatorBookings,
    private readonly currency: Currency,
    private readonly clock: Clock,
  ) {}

  @ApiOperation({ summary: 'Bookings of all drivers, the latest start first' })
  @ApiPage(BookingDto)
  @ApiProblems('VALIDATION_FAILED')
  @Get()
  async searchBookings(@Query() query: AdminBookingsQuery): Promise<Page<BookingDto>> {
    const page = await this.bookings.search(query, toSearch(query));
    const presentation = { currency: this.currency, now: this.clock.now() };
    return page.map((booking) => mapBooking(booking, presentation));
  }

  @BookingAction(':id/release', {
    summary: 'Release a booking for its driver',
    problems: ['ALREADY_RELEASED', 'WRONG_STATUS'],
  })
  async releaseForDriver(
    @Param('id', IdPipe) bookingId: number,
    @Body() { reason }: ActForDriverDto,
    @CurrentPrincipal() principal: Principal,
    @Transactions() transactions: TransactionRunner,
  ): Promise<BookingDto> {
    const action = { bookingId, reason, principal };
    return mapBooked(await this.bookings.release(transactions, action), this.currency);
  }

  @BookingAction(':id/cancel', {
    summary: 'Cancel a booking for its driver',
    problems: ['WRONG_STATUS'],
  })
  async cancelForDriver(
    @Param('id', IdPipe) bookingId: number,
    @Body() { reason, waive_fee: waivesFee = false }: CancelForDriverDto,
    @CurrentPrincipal() principal: Principal,
    @Transactions() transactions: TransactionRunner,
  ): Promise<BookingDto> {
    const action = { bookingId, reason, waivesFee, principal };
    return mapBooked(await this.bookings.cancel(transactions, action), this.currency);
  }

  @BookingAction(':id/check-in', {
    summary: 'Check a driver in',
    problems: ['WRONG_STATUS', 'TOO_EARLY', 'ALREADY_PARKED', 'SPOT_OCCUPIED'],
  })
  async checkInForDriver(
    @Param('id', IdPipe) bookingId: number,
    @Body() { reason }: ActForDriverDto,
    @CurrentPrincipal() principal: Principal,
    @Transactions() transactions: TransactionRunner,
  ): Promise<BookingDto> {
    const action = { bookingId, reason, principal };
    return mapBooked(await this.bookings.checkIn(transactions, action), this.currency);
  }
}
