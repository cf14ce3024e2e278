import { ApiInteger } from '../../platform/http/validation/numbers.js';
import { FastJsonDate } from '../../platform/http/fast-json/fast-json-date.js';
import type { Currency } from '../../platform/money/money.js';
import type { LotView } from '../../parking/lots/lot-queries.js';

/** A parking lot as everyone may see it. */
export class PublicLotDto {
  /** @example 1 */
  @ApiInteger()
  id: number;

  /** @example 'Connaught Place Inner Circle' */
  prime_location_name: string;

  /** @example 'Block C, Connaught Place, New Delhi' */
  address: string;

  /** In degrees; null if the position is unknown. @example 28.6315 */
  latitude: number | null;

  /** In degrees; null if the position is unknown. @example 77.2167 */
  longitude: number | null;

  /** @example 50 */
  @ApiInteger()
  number_of_spots: number;

  /** Spots that are neither taken nor claimed by a booking that starts soon. @example 49 */
  @ApiInteger()
  available_spots: number;

  /**
   * Price per started hour in the installation's currency; with a tariff, the price of its last rate.
   * @example 40
   */
  price: number;

  /** When an operator last changed the lot. @example '2026-03-01T09:30:00.000Z' */
  updated_at: Date;

  /** The distance from the point `near`, rounded to 0.1 m; only with `near`. @example 350.4 */
  distance_metres?: number;
}

export function mapPublicLot(lot: LotView, currency: Currency): PublicLotDto {
  return {
    id: lot.id,
    prime_location_name: lot.name,
    address: lot.address,
    latitude: lot.latitude,
    longitude: lot.longitude,
    number_of_spots: lot.numberOfSpots,
    available_spots: lot.numberOfSpots - lot.parked - lot.reserved,
    price: currency.fromMinor(lot.pricePerHour),
    updated_at: new FastJsonDate(lot.updatedAt),
  };
}
