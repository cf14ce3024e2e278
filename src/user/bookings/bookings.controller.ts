import { Body, Controller, Get, Header, HttpCode, Param, Post, Query } from '@nestjs/common';
import {
  ApiBody,
  ApiCreatedResponse,
  ApiExtraModels,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
  getSchemaPath,
} from '@nestjs/swagger';
import { CurrentPrincipal, Roles } from '../../auth/access/access.js';
import type { Principal } from '../../platform/principal.js';
import { Clock } from '../../platform/time/clock.js';
import { TransactionRunner } from '../../platform/database/transaction-runner.js';
import { ApiId, IdPipe } from '../../platform/http/validation/id.pipe.js';
import { ApiNoBody, NoBodyDto } from '../../platform/http/validation/no-body.dto.js';
import { ApiPage } from '../../platform/http/pagination/api-page.js';
import type { Page } from '../../platform/page.js';
import type { SerializedPage } from '../../platform/http/fast-json/serialized-list.js';
import { Idempotent, Transactions } from '../../platform/idempotency/idempotent.js';
import { Currency } from '../../platform/money/money.js';
import { ApiProblems } from '../../platform/errors/api-problems.js';
import {
  BookingDto,
  mapBooked,
  mapBooking,
  mapReleased,
  ReleasedBookingDto,
} from '../../api-models/booking.dto.js';
import { AvailableLotDto } from '../../api-models/lot.dto.js';
import { nearOf } from '../../api-models/near.dto.js';
import type { BookingView } from '../../parking/reservations/booking-queries.js';
import { ReservationsService } from '../../parking/reservations/reservations.service.js';
import { AvailableLotsQueries } from '../lots/available-lots-queries.js';
import { AvailableLotsQuery, windowOf } from '../lots/available-lots-query.dto.js';
import { toVehicleChoice } from '../vehicles/booked-vehicle.js';
import { BookParkingDto, BookingsQuery, statusesOf } from './book-parking.dto.js';

@ApiTags('User: parking')
@Roles('user')
@Controller('api/user')
export class UserBookingsController {
  constructor(
    private readonly lots: AvailableLotsQueries,
    private readonly reservations: ReservationsService,
    private readonly currency: Currency,
    private readonly clock: Clock,
  ) {}

  @ApiOperation({
    summary: 'Parking lots that have a free spot, by id',
    description:
      'With `from` and `until`: lots with room for that window, each with its price as `total`. With `near`: the nearest first, each with its distance.',
  })
  @ApiPage(AvailableLotDto)
  @ApiProblems('VALIDATION_FAILED')
  @Get('parking-lots/available')
  listAvailableLots(
    @Query() query: AvailableLotsQuery,
  ): Promise<SerializedPage | Page<AvailableLotDto>> {
    const [window, near] = [windowOf(query), nearOf(query)];
    if (window && near) return this.lots.listNearForWindow(query, { near, window });
    if (near) return this.lots.listNear(query, near);
    return window ? this.lots.listForWindow(query, window) : this.lots.list(query);
  }

  @ApiOperation({ summary: 'Book: park on the free spot with the lowest number' })
  @ApiCreatedResponse({ type: BookingDto })
  @ApiProblems(
    'VALIDATION_FAILED',
    'LOT_NOT_FOUND',
    'VEHICLE_NOT_FOUND',
    'ALREADY_PARKED',
    'LOT_FULL',
  )
  @Idempotent()
  @ApiBody({
    type: BookParkingDto,
    // Swagger UI would send all fields, but `vehicle_number` and `vehicle_id` exclude each other.
    examples: {
      plate: { value: { lot_id: 1, vehicle_number: 'DL 01 AB 1234' } },
      vehicle: { value: { lot_id: 1, vehicle_id: 3 } },
    },
  })
  @Post('book-parking')
  async bookParking(
    @CurrentPrincipal() { id }: Principal,
    @Body() body: BookParkingDto,
    @Transactions() transactions: TransactionRunner,
  ): Promise<BookingDto> {
    const { lot_id: lotId, remarks } = body;
    const request = { userId: id, lotId, remarks, ...toVehicleChoice(body) };
    return mapBooked(await this.reservations.book(transactions, request), this.currency);
  }

  @ApiOperation({ summary: 'The booking that is not released yet, or null' })
  @ApiExtraModels(BookingDto)
  @ApiOkResponse({
    schema: { type: 'object', nullable: true, allOf: [{ $ref: getSchemaPath(BookingDto) }] },
  })
  @Header('content-type', 'application/json; charset=utf-8')
  @Get('active-booking')
  async getActiveBooking(@CurrentPrincipal() { id }: Principal): Promise<BookingDto | string> {
    const booking = await this.reservations.findActive(id);
    // For null, Nest would send an empty body.
    return booking ? this.toDto(booking) : 'null';
  }

  @ApiOperation({ summary: 'Bookings of the driver, the latest start first' })
  @ApiPage(BookingDto)
  @ApiProblems('VALIDATION_FAILED')
  @Get('bookings')
  async listBookings(
    @CurrentPrincipal() { id }: Principal,
    @Query() query: BookingsQuery,
  ): Promise<Page<BookingDto>> {
    const page = await this.reservations.list(id, query, statusesOf(query));
    return page.map((booking) => this.toDto(booking));
  }

  @ApiOperation({ summary: 'Release: leave the spot and pay' })
  @ApiOkResponse({ type: ReleasedBookingDto })
  @ApiProblems('VALIDATION_FAILED', 'BOOKING_NOT_FOUND', 'ALREADY_RELEASED', 'WRONG_STATUS')
  @ApiId()
  @ApiNoBody()
  @Idempotent()
  @HttpCode(200)
  @Post('bookings/:id/release')
  async releaseBooking(
    @CurrentPrincipal() principal: Principal,
    @Param('id', IdPipe) id: number,
    @Body() _: NoBodyDto,
    @Transactions() transactions: TransactionRunner,
  ): Promise<ReleasedBookingDto> {
    return mapReleased(
      await this.reservations.release(transactions, { userId: principal.id, reservationId: id }),
      this.currency,
    );
  }

  private toDto(booking: BookingView): BookingDto {
    return mapBooking(booking, { currency: this.currency, now: this.clock.now() });
  }
}
