import { MoneyAmount, WholeNumber } from '../../platform/http/validation/numbers.js';
import { MayBeOmitted, Text } from '../../platform/http/validation/text.js';
import type { Currency } from '../../platform/money/money.js';
import { MAX_PRICE, type NewLot } from '../../parking/lots/lots.service.js';
import { TimeZone } from '../../platform/http/validation/time-zone.js';
import { Coordinate } from './coordinate.js';

const NAME = { min: 1, max: 200 };
const ADDRESS = { min: 1, max: 500 };
const PIN_CODE = {
  min: 3,
  max: 10,
  pattern: /^[A-Za-z0-9 -]+$/,
  patternText: 'letters, digits, spaces or "-"',
};
const PRICE = { min: 0, max: MAX_PRICE };
/**
 * A form may send back the price that a lot with a tariff shows. If the tariff has a rate per
 * minute, that price per hour is up to 60 times the maximum.
 */
const SHOWN_PRICE = { ...PRICE, max: 60 * MAX_PRICE, usualMax: MAX_PRICE };
const SPOTS = { min: 1, max: 10_000 };

export class NewLotDto {
  /** @example 'Connaught Place Inner Circle' */
  @Text(NAME)
  prime_location_name: string;

  /** @example 'Block C, Connaught Place, New Delhi' */
  @Text(ADDRESS)
  address: string;

  /** Postal code. @example '110001' */
  @Text(PIN_CODE)
  pin_code: string;

  /** Price per started hour, with at most the currency's decimals. @example 40 */
  @MoneyAmount(PRICE)
  price: number;

  /** The spots are numbered from 1. @example 50 */
  @WholeNumber(SPOTS)
  number_of_spots: number;

  /** IANA name; the times of the lot's tariff are local to it. Default: the time zone of the installation. @example 'Asia/Kolkata' */
  @MayBeOmitted()
  @TimeZone()
  time_zone?: string;

  /** In degrees north, together with `longitude`; null for both removes the position. @example 28.6315 */
  @Coordinate({ limit: 90, with: 'longitude' })
  latitude?: number | null;

  /** In degrees east, together with `latitude`. @example 77.2167 */
  @Coordinate({ limit: 180, with: 'latitude' })
  longitude?: number | null;
}

/** Any subset of a lot's fields; omitted fields stay unchanged. */
export class LotChangesDto {
  /** @example 'Connaught Place Inner Circle' */
  @MayBeOmitted()
  @Text(NAME)
  prime_location_name?: string;

  /** @example 'Block C, Connaught Place, New Delhi' */
  @MayBeOmitted()
  @Text(ADDRESS)
  address?: string;

  /** Postal code. @example '110001' */
  @MayBeOmitted()
  @Text(PIN_CODE)
  pin_code?: string;

  /**
   * Price per started hour, at most 1,000,000; existing bookings keep their price. While the lot has a
   * tariff, only the price that the lot shows is accepted.
   * @example 45
   */
  @MayBeOmitted()
  @MoneyAmount(SHOWN_PRICE)
  price?: number;

  /** A decrease retires the free spots with the highest numbers; an increase first restores retired ones. @example 60 */
  @MayBeOmitted()
  @WholeNumber(SPOTS)
  number_of_spots?: number;

  /** IANA name; the times of the lot's tariff are local to it. Existing tariff versions keep their time zone. @example 'Asia/Kolkata' */
  @MayBeOmitted()
  @TimeZone()
  time_zone?: string;

  /** In degrees north, together with `longitude`; null for both removes the position. @example 28.6315 */
  @Coordinate({ limit: 90, with: 'longitude' })
  latitude?: number | null;

  /** In degrees east, together with `latitude`. @example 77.2167 */
  @Coordinate({ limit: 180, with: 'latitude' })
  longitude?: number | null;
}

/** Converts the body to the domain's fields, with the price in minor units. */
export function toNewLot(body: NewLotDto, currency: Currency): NewLot {
  return {
    name: body.prime_location_name,
    address: body.address,
    pinCode: body.pin_code,
    pricePerHour: toPrice(body.price, currency),
    numberOfSpots: body.number_of_spots,
    timeZone: body.time_zone,
    latitude: body.latitude,
    longitude: body.longitude,
  };
}

/** Converts the fields that are present in the body. */
export function toLotChanges(body: LotChangesDto, currency: Currency): Partial<NewLot> {
  const { prime_location_name: name, address, pin_code: pinCode, price } = body;
  const { time_zone: timeZone, latitude, longitude } = body;
  return {
    ...(name !== undefined && { name }),
    ...(address !== undefined && { address }),
    ...(pinCode !== undefined && { pinCode }),
    ...(price !== undefined && { pricePerHour: toPrice(price, currency) }),
    ...(body.number_of_spots !== undefined && { numberOfSpots: body.number_of_spots }),
    ...(timeZone !== undefined && { timeZone }),
    ...(latitude !== undefined && { latitude }),
    ...(longitude !== undefined && { longitude }),
  };
}

/** Validation has ensured that the currency can express the price. */
function toPrice(price: number, currency: Currency): number {
  const minor = currency.toMinor(price);
  if (minor === undefined) throw new TypeError(`${price} is not an amount in ${currency.code}`);
  return minor;
}
