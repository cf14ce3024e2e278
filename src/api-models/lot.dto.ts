import { ApiProperty } from '@nestjs/swagger';
import { ApiInteger } from '../platform/http/validation/numbers.js';
import { FastJsonDate } from '../platform/http/fast-json/fast-json-date.js';
import type { Currency } from '../platform/money/money.js';
import type { LotView } from '../parking/lots/lot-queries.js';

/** A parking lot, for admins and drivers. */
export class LotDto {
  /** @example 1 */
  @ApiInteger()
  id: number;

  /** @example 'Connaught Place Inner Circle' */
  prime_location_name: string;

  /** @example 'Block C, Connaught Place, New Delhi' */
  address: string;

  /** @example '110001' */
  pin_code: string;

  /**
   * Price per started hour, in the installation's currency. With a tariff: the price per hour of its last
   * rate, rounded up to the minor unit.
   * @example 40
   */
  price: number;

  /** The current version of the lot's tariff; null if the lot charges `price`. @example 7 */
  @ApiProperty({ type: 'integer', nullable: true })
  tariff_id: number | null;

  /** IANA name; the times of the lot's tariff are local to it. @example 'Asia/Kolkata' */
  time_zone: string;

  /** In degrees; null if the position is unknown. @example 28.6315 */
  latitude: number | null;

  /** In degrees; null if the position is unknown. @example 77.2167 */
  longitude: number | null;

  /** @example 50 */
  @ApiInteger()
  number_of_spots: number;

  /** @example 49 */
  @ApiInteger()
  available_spots: number;

  /** Equals `number_of_spots` minus `available_spots`. @example 1 */
  @ApiInteger()
  occupied_spots: number;

  /** Occupied spots without a parked car: a booking claims each within the policy's `walk_in_minutes`. @example 0 */
  @ApiInteger()
  reserved_spots: number;

  /** @example '2026-03-01T09:30:00.000Z' */
  created_at: Date;

  /** @example '2026-03-01T09:30:00.000Z' */
  updated_at: Date;
}

/** A lot with a free spot, or with room for the requested window. */
export class AvailableLotDto extends LotDto {
  /** The price of the requested window; absent if no window was requested. @example 80 */
  total?: number;

  /** The distance from the point `near`, rounded to 0.1 m; only with `near`. @example 350.4 */
  distance_metres?: number;
}

interface Presentation {
  readonly currency: Currency;
  /** The time zone of lots that have no time zone of their own. */
  readonly timezone: string;
}

export function mapLot(lot: LotView, { currency, timezone }: Presentation): LotDto {
  return {
    id: lot.id,
    prime_location_name: lot.name,
    address: lot.address,
    pin_code: lot.pinCode,
    price: currency.fromMinor(lot.pricePerHour),
    tariff_id: lot.tariffId,
    time_zone: lot.timeZone ?? timezone,
    latitude: lot.latitude,
    longitude: lot.longitude,
    number_of_spots: lot.numberOfSpots,
    available_spots: lot.numberOfSpots - lot.parked - lot.reserved,
    occupied_spots: lot.parked + lot.reserved,
    reserved_spots: lot.reserved,
    created_at: new FastJsonDate(lot.createdAt),
    updated_at: new FastJsonDate(lot.updatedAt),
  };
}
