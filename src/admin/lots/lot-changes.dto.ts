import { MoneyAmount, WholeNumber } from '../../platform/http/validation/numbers.js';
import { MayBeOmitted, Text } from '../../platform/http/validation/text.js';
import type { Currency } from '../../platform/money.js';
import type { NewLot } from '../../parking/lots/lots.service.js';

const NAME = { min: 1, max: 200 };
const ADDRESS = { min: 1, max: 500 };
const PIN_CODE = {
  min: 3,
  max: 10,
  pattern: /^[A-Za-z0-9 -]+$/,
  patternText: 'letters, digits, spaces or "-"',
};
const PRICE = { min: 0, max: 1_000_000 };
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

  /** Per started hour, with at most the currency's decimals. @example 40 */
  @MoneyAmount(PRICE)
  price: number;

  /** The spots are numbered from 1. @example 50 */
  @WholeNumber(SPOTS)
  number_of_spots: number;
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

  /** Per started hour; existing bookings keep their price. @example 45 */
  @MayBeOmitted()
  @MoneyAmount(PRICE)
  price?: number;

  /** A decrease retires the free spots with the highest numbers; an increase first restores retired ones. @example 60 */
  @MayBeOmitted()
  @WholeNumber(SPOTS)
  number_of_spots?: number;
}

/** Converts the body to the domain's fields, with the price in minor units. */
export function toNewLot(body: NewLotDto, currency: Currency): NewLot {
  return {
    name: body.prime_location_name,
    address: body.address,
    pinCode: body.pin_code,
    pricePerHour: toPrice(body.price, currency),
    numberOfSpots: body.number_of_spots,
  };
}

/** Converts the fields that are present in the body. */
export function toLotChanges(body: LotChangesDto, currency: Currency): Partial<NewLot> {
  const { prime_location_name: name, address, pin_code: pinCode, price } = body;
  return {
    ...(name !== undefined && { name }),
    ...(address !== undefined && { address }),
    ...(pinCode !== undefined && { pinCode }),
    ...(price !== undefined && { pricePerHour: toPrice(price, currency) }),
    ...(body.number_of_spots !== undefined && { numberOfSpots: body.number_of_spots }),
  };
}

/** Validation has ensured that the currency can express the price. */
function toPrice(price: number, currency: Currency): number {
  const minor = currency.toMinor(price);
  if (minor === undefined) throw new TypeError(`${price} is no amount of ${currency.code}`);
  return minor;
}
