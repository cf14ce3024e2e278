import { ApiProperty } from '@nestjs/swagger';
import { ApiInteger, WholeNumber } from '../../platform/http/validation/numbers.js';
import { MayBeOmitted, Text } from '../../platform/http/validation/text.js';
import { PageQuery } from '../../platform/http/pagination/page-query.dto.js';
import { FastJsonDate } from '../../platform/http/fast-json/fast-json-date.js';
import type { Currency } from '../../platform/money.js';
import type { BookingStatus, BookingView } from '../../parking/reservations/booking-queries.js';
import { durationHours } from '../../parking/reservations/pricing.js';
import { IsIn } from 'class-validator';

const STATUSES = ['active', 'completed'] as const;

export class BookParkingDto {
  /** The lot; the program chooses the spot. @example 1 */
  @WholeNumber({ min: 1, max: Number.MAX_SAFE_INTEGER })
  lot_id: number;

  /** @example 'DL 01 AB 1234' */
  @MayBeOmitted()
  @Text({ max: 20 })
  vehicle_number?: string;

  /** @example 'Back by six' */
  @MayBeOmitted()
  @Text({ max: 500 })
  remarks?: string;
}

export class BookingsQuery extends PageQuery {
  /** Only bookings with this status; all if omitted. */
  @ApiProperty({ enum: STATUSES, required: false })
  @MayBeOmitted()
  @IsIn(STATUSES, { message: 'status must be active or completed' })
  status?: BookingStatus;
}

export class BookingDto {
  /** @example 12 */
  @ApiInteger()
  id: number;

  /** @example 1 */
  @ApiInteger()
  spot_id: number;

  /** @example '1' */
  spot_number: string;

  /** @example 1 */
  @ApiInteger()
  lot_id: number;

  /** The lot's current name, or its last one if it is retired. @example 'Connaught Place Inner Circle' */
  lot_name: string;

  /** @example 'Block C, Connaught Place, New Delhi' */
  address: string;

  /** @example 2 */
  @ApiInteger()
  user_id: number;

  /** @example '2026-03-01T09:30:00.000Z' */
  parking_timestamp: Date;

  /** Null while active. @example '2026-03-01T11:00:00.000Z' */
  leaving_timestamp: Date | null;

  /** Rounded to two decimals; until now while active. @example 1.5 */
  duration_hours: number;

  /** The price agreed at booking, which is charged. @example 40 */
  price_per_hour: number;

  /** The lot's current price. @example 45 */
  price: number;

  /** 0 while active; then `price_per_hour` for each started hour, at least one. @example 80 */
  parking_cost: number;

  /** @example 'DL 01 AB 1234' */
  vehicle_number: string | null;

  /** @example 'Back by six' */
  remarks: string | null;

  @ApiProperty({ enum: STATUSES, example: 'completed' })
  status: BookingStatus;

  /** @example '2026-03-01T09:30:00.000Z' */
  created_at: Date;

  /** @example '2026-03-01T11:00:00.000Z' */
  updated_at: Date;
}

export class ReleasedBookingDto extends BookingDto {
  /** The same as `parking_cost`. @example 80 */
  cost: number;
}

interface Presentation {
  readonly currency: Currency;
  /** End of the duration of an active booking. */
  readonly now: Date;
}

export function mapBooking(row: BookingView, { currency, now }: Presentation): BookingDto {
  const parkedAt = new FastJsonDate(row.parkedAt);
  const leftAt = row.leftAt === null ? null : new FastJsonDate(row.leftAt);
  return {
    id: row.id,
    spot_id: row.spotId,
    spot_number: String(row.spotNumber),
    lot_id: row.lotId,
    lot_name: row.lotName,
    address: row.address,
    user_id: row.userId,
    parking_timestamp: parkedAt,
    leaving_timestamp: leftAt,
    duration_hours: durationHours({ parkedAt, leftAt: leftAt ?? now }),
    price_per_hour: currency.fromMinor(row.pricePerHour),
    price: currency.fromMinor(row.currentPrice),
    parking_cost: currency.fromMinor(row.cost ?? 0),
    vehicle_number: row.vehicleNumber,
    remarks: row.remarks,
    status: leftAt ? 'completed' : 'active',
    created_at: new FastJsonDate(row.createdAt),
    updated_at: new FastJsonDate(row.updatedAt),
  };
}

/** Maps the booking as of its start, so that a replayed response equals the first one. */
export function mapBooked(row: BookingView, currency: Currency): BookingDto {
  return mapBooking(row, { currency, now: new Date(row.parkedAt) });
}

export function mapReleased(row: BookingView, currency: Currency): ReleasedBookingDto {
  // A completed booking's duration does not depend on `now`.
  const booking = mapBooking(row, { currency, now: new Date(row.updatedAt) });
  return { ...booking, cost: booking.parking_cost };
}
