import { ApiProperty } from '@nestjs/swagger';
import { ApiInteger } from '../platform/http/validation/numbers.js';
import { instantText } from '../platform/http/fast-json/fast-json-date.js';
import { ApiInstant } from '../platform/http/validation/instants.js';
import type { Currency } from '../platform/money/money.js';
import type { BookingView } from '../parking/reservations/booking-queries.js';
import { type BookingStatus, STATUSES } from '../parking/reservations/states.js';
import { durationHours } from '../parking/reservations/pricing/pricing.js';

export class BookingDto {
  /** @example 12 */
  @ApiInteger()
  id: number;

  /** Null while the lot has no spot for the booking (at risk). May change until check-in. @example 1 */
  @ApiProperty({ type: 'integer', nullable: true })
  spot_id: number | null;

  /** Null if `spot_id` is null. @example '1' */
  spot_number: string | null;

  /** @example 1 */
  @ApiInteger()
  lot_id: number;

  /** The lot's current name; for a retired lot, its last name. @example 'Connaught Place Inner Circle' */
  lot_name: string;

  /** @example 'Block C, Connaught Place, New Delhi' */
  address: string;

  /** @example 2 */
  @ApiInteger()
  user_id: number;

  /** Null before check-in. @example '2026-03-01T09:30:00.000Z' */
  @ApiInstant({ nullable: true })
  parking_timestamp: string | null;

  /** Null unless completed. @example '2026-03-01T11:00:00.000Z' */
  @ApiInstant({ nullable: true })
  leaving_timestamp: string | null;

  /** Start of the window that was booked ahead; null for a walk-in. @example null */
  @ApiInstant({ nullable: true })
  reserved_from: string | null;

  /** End of the window that was booked ahead; null for a walk-in. @example null */
  @ApiInstant({ nullable: true })
  reserved_until: string | null;

  /** When a hold expires; null unless held. @example null */
  @ApiInstant({ nullable: true })
  hold_expires_at: string | null;

  /** Null unless cancelled. @example null */
  @ApiInstant({ nullable: true })
  cancelled_at: string | null;

  /** Hours from parking to leaving, or to now while active; 0 without a stay. Rounded to two decimals. @example 1.5 */
  duration_hours: number;

  /** The hourly price agreed at booking; with a tariff, the price of its last rate. @example 40 */
  price_per_hour: number;

  /** The version of the lot's tariff that the stay is charged by; null for the hourly price. @example 7 */
  @ApiProperty({ type: 'integer', nullable: true })
  tariff_id: number | null;

  /** The lot's current price. @example 45 */
  price: number;

  /** 0 while the booking is live; then the cost of the stay, or the fee. @example 80 */
  parking_cost: number;

  /** What the stay costs if the driver leaves now; once it is over, its cost. @example 80 */
  cost_so_far: number;

  /** @example 'DL 01 AB 1234' */
  vehicle_number: string | null;

  /** @example 'Back by six' */
  remarks: string | null;

  @ApiProperty({ enum: STATUSES, example: 'completed' })
  status: BookingStatus;

  /** @example '2026-03-01T09:30:00.000Z' */
  @ApiInstant()
  created_at: string;

  /** @example '2026-03-01T11:00:00.000Z' */
  @ApiInstant()
  updated_at: string;
}

export class ReleasedBookingDto extends BookingDto {
  /** The same as `parking_cost`. @example 80 */
  cost: number;
}

interface Presentation {
  readonly currency: Currency;
  /** The instant up to which the duration of an active booking counts. */
  readonly now: Date;
}

export function mapBooking(row: BookingView, { currency, now }: Presentation): BookingDto {
  return {
    id: row.id,
    spot_id: row.spotId,
    spot_number: row.spotNumber === null ? null : String(row.spotNumber),
    lot_id: row.lotId,
    lot_name: row.lotName,
    address: row.address,
    user_id: row.userId,
    parking_timestamp: instant(row.parkedAt),
    leaving_timestamp: instant(row.leftAt),
    // Responses that an earlier version stored for replays lack `reservedFrom` and other newer fields.
    reserved_from: instant(row.reservedFrom ?? null),
    reserved_until: instant(row.reservedUntil ?? null),
    hold_expires_at: instant(row.holdExpiresAt ?? null),
    cancelled_at: row.status === 'cancelled' ? instant(row.endedAt) : null,
    duration_hours: hoursParked(row, now),
    price_per_hour: currency.fromMinor(row.pricePerHour),
    tariff_id: row.tariffId ?? null,
    price: currency.fromMinor(row.currentPrice),
    parking_cost: currency.fromMinor(row.cost ?? 0),
    cost_so_far: currency.fromMinor(row.costSoFar ?? row.cost ?? row.pricePerHour),
    vehicle_number: row.vehicleNumber,
    remarks: row.remarks,
    status: row.status ?? (row.leftAt === null ? 'active' : 'completed'),
    created_at: instantText(row.createdAt),
    updated_at: instantText(row.updatedAt),
  };
}

function hoursParked({ parkedAt, leftAt }: BookingView, now: Date): number {
  if (parkedAt === null) return 0;
  return durationHours({
    parkedAt: new Date(parkedAt),
    leftAt: leftAt === null ? now : new Date(leftAt),
  });
}

function instant(milliseconds: number | null): string | null {
  return milliseconds === null ? null : instantText(milliseconds);
}

/** Maps the booking as of its last change, so that a replayed response equals the first one. */
export function mapBooked(row: BookingView, currency: Currency): BookingDto {
  return mapBooking(row, { currency, now: new Date(row.updatedAt) });
}

export function mapReleased(row: BookingView, currency: Currency): ReleasedBookingDto {
  // A completed booking's duration does not depend on `now`.
  const booking = mapBooking(row, { currency, now: new Date(row.updatedAt) });
  return { ...booking, cost: booking.parking_cost };
}
