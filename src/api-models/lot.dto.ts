import { ApiInteger } from '../platform/http/validation/numbers.js';
import { FastJsonDate } from '../platform/http/fast-json/fast-json-date.js';
import type { Currency } from '../platform/money.js';
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

  /** Per started hour, in the installation's currency. @example 40 */
  price: number;

  /** @example 50 */
  @ApiInteger()
  number_of_spots: number;

  /** @example 49 */
  @ApiInteger()
  available_spots: number;

  /** Equals `number_of_spots` minus `available_spots`. @example 1 */
  @ApiInteger()
  occupied_spots: number;

  /** @example '2026-03-01T09:30:00.000Z' */
  created_at: Date;

  /** @example '2026-03-01T09:30:00.000Z' */
  updated_at: Date;
}

export function mapLot(lot: LotView, currency: Currency): LotDto {
  return {
    id: lot.id,
    prime_location_name: lot.name,
    address: lot.address,
    pin_code: lot.pinCode,
    price: currency.fromMinor(lot.pricePerHour),
    number_of_spots: lot.numberOfSpots,
    available_spots: lot.numberOfSpots - lot.occupied,
    occupied_spots: lot.occupied,
    created_at: new FastJsonDate(lot.createdAt),
    updated_at: new FastJsonDate(lot.updatedAt),
  };
}
