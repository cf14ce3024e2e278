import { ApiProperty } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import { CheckTogether, NestedList } from '../../platform/http/validation/nested.js';
import { DecimalNumber, MoneyAmount, WholeNumber } from '../../platform/http/validation/numbers.js';
import { MayBeOmitted, Text } from '../../platform/http/validation/text.js';
import { type Currency, fromMinorUnits, toMinorUnits } from '../../platform/money/money.js';
import { CAP_PERIODS, type CapPeriod, type Tariff } from '../../parking/tariffs/tariff.js';
import { AMOUNT, mapRate, RateDto, toMinor, toRate } from './rate.dto.js';
import { tariffFaults } from './tariff-rules.js';

const MAX_RATES = 20;
/** Maximum number of decimals of `tax_percent`. */
const TAX_DECIMALS = 2;

export const TARIFF_EXAMPLE = {
  name: 'City centre',
  grace_minutes: 10,
  minimum: 0,
  tax_percent: 18,
  rates: [
    { name: 'Sunday', days: ['sun'], per_minutes: 60, price: 0 },
    { name: 'Evening', from: '18:00', until: '08:00', flat: 60 },
    { name: 'First two hours', until_minute: 120, per_minutes: 30, price: 20 },
    { name: 'After that', per_minutes: 60, price: 50 },
  ],
  caps: [{ per: '24_hours', amount: 300 }],
};

/** The units that start within one period of the kind `per` cost at most `amount`. */
export class CapDto {
  /**
   * `24_hours`: each 24 hours from the start of the stay; `calendar_day`: each local day; `stay`: the
   * whole stay.
   */
  @ApiProperty({ enum: CAP_PERIODS, example: '24_hours' })
  @IsIn(CAP_PERIODS, { message: `$property must be one of ${CAP_PERIODS.join(', ')}` })
  per: CapPeriod;

  /** The maximum, including tax, with at most the currency's decimals. @example 300 */
  @MoneyAmount(AMOUNT)
  amount: number;
}

/** What a stay costs. At any moment, the first matching rate charges one unit. Amounts include tax. */
@CheckTogether(tariffFaults)
export class TariffDto {
  /** 1 to 80 characters. @example 'City centre' */
  @Text({ min: 1, max: 80 })
  name: string;

  /** A stay of at most this many minutes is free, 0 to 1440; with 0, no stay is free. @example 10 */
  @ApiProperty({ required: false, default: 0 })
  @WholeNumber({ min: 0, max: 1440 })
  grace_minutes: number = 0;

  /** The least that a stay beyond its grace period costs; not above any cap. @example 0 */
  @ApiProperty({ required: false, default: 0 })
  @MoneyAmount(AMOUNT)
  minimum: number = 0;

  /** The tax that all amounts include, 0 to 100, with at most two decimals. @example 18 */
  @ApiProperty({ required: false, default: 0 })
  @DecimalNumber({ min: 0, max: 100, decimals: TAX_DECIMALS })
  tax_percent: number = 0;

  /** 1 to 20 rates. The last one has no conditions; every other one has at least one. */
  @ApiProperty({ example: TARIFF_EXAMPLE.rates })
  @NestedList(() => RateDto, { min: 1, max: MAX_RATES })
  rates: RateDto[];

  /** At most one of each kind, and not both `24_hours` and `calendar_day`; not an empty list. */
  @ApiProperty({ example: TARIFF_EXAMPLE.caps })
  @MayBeOmitted()
  @NestedList(() => CapDto, { min: 1, max: CAP_PERIODS.length })
  caps?: CapDto[];
}

/**
 * Converts a valid body to the domain, with amounts in minor units.
 * @throws TypeError if the body is not valid
 */
export function toTariff(body: TariffDto, currency: Currency): Tariff {
  const { name, grace_minutes, minimum, tax_percent, rates, caps = [] } = body;
  const tax = toMinorUnits(tax_percent, TAX_DECIMALS);
  if (tax === undefined) throw new TypeError(`${tax_percent} has more than two decimals`);
  return {
    name,
    grace_minutes,
    minimum: toMinor(minimum, currency),
    tax_basis_points: tax,
    rates: rates.map((rate) => toRate(rate, currency)),
    caps: caps.map(({ per, amount }) => ({ per, amount: toMinor(amount, currency) })),
  };
}

/** The tariff as a client would send it: without fields that do not apply, but with all defaults. */
export function mapTariff(tariff: Tariff, currency: Currency): TariffDto {
  const { name, grace_minutes, minimum, rates, caps } = tariff;
  const shown = caps.map(({ per, amount }) => ({ per, amount: currency.fromMinor(amount) }));
  return {
    name,
    grace_minutes,
    minimum: currency.fromMinor(minimum),
    tax_percent: mapTaxPercent(tariff),
    rates: rates.map((rate) => mapRate(rate, currency)),
    ...(shown.length > 0 && { caps: shown }),
  };
}

export function mapTaxPercent({ tax_basis_points }: Tariff): number {
  return fromMinorUnits(tax_basis_points, TAX_DECIMALS);
}
