import { ApiProperty } from '@nestjs/swagger';
import {
  GreaterThan,
  NotWith,
  RequiredWith,
  RequiredWithout,
} from '../../platform/http/validation/dependent-fields.js';
import { ListOf } from '../../platform/http/validation/nested.js';
import { MoneyAmount, WholeNumber } from '../../platform/http/validation/numbers.js';
import { MayBeOmitted, Text } from '../../platform/http/validation/text.js';
import { LocalDates, TimeOfDay } from '../../platform/http/validation/times.js';
import type { Currency } from '../../platform/money/money.js';
import {
  type Rate,
  type RateConditions,
  type Weekday,
  WEEKDAYS,
} from '../../parking/tariffs/tariff.js';

/** Range of every amount of a tariff, in the currency's major unit. */
export const AMOUNT = { min: 0, max: 1_000_000 };
const ELAPSED = { min: 0, max: 525_600 };
const MAX_DATES = 366;

/** A price and its conditions: all given conditions must hold, and omitted ones do not restrict the rate. */
export class RateDto {
  /** 1 to 80 characters; shown on receipts. @example 'First two hours' */
  @Text({ min: 1, max: 80 })
  name: string;

  /** Days of the week on which the rate applies. @example ["mon", "tue"] */
  @MayBeOmitted()
  @ListOf({
    min: 1,
    max: WEEKDAYS.length,
    isItem: (item) => WEEKDAYS.some((day) => day === item),
    itemText: `one of ${WEEKDAYS.join(', ')}`,
    schema: { enum: [...WEEKDAYS] },
  })
  days?: Weekday[];

  /** Local dates on which the rate applies, at most 366. @example ["2026-12-25"] */
  @MayBeOmitted()
  @LocalDates({ max: MAX_DATES })
  dates?: string[];

  /**
   * Local time of day, 00:00 to 23:59, from which the rate applies; given together with `until`. A
   * time that a clock change skips means the first moment after the gap; a time that occurs twice
   * means its first occurrence.
   * @example '18:00'
   */
  @RequiredWith('until', 'flat')
  @TimeOfDay()
  from?: string;

  /**
   * Local time of day at which the rate ends, not included. If it is not after `from`, the rate lasts
   * past midnight, and `days` and `dates` apply to the day on which it starts. @example '08:00'
   */
  @RequiredWith('from', 'flat')
  @TimeOfDay()
  until?: string;

  /** The rate applies from this minute of the stay, included; 0 to 525,600. @example 0 */
  @MayBeOmitted()
  @WholeNumber(ELAPSED)
  from_minute?: number;

  /** The rate applies until this minute of the stay, not included; 0 to 525,600, greater than `from_minute`. @example 120 */
  @MayBeOmitted()
  @WholeNumber(ELAPSED)
  @GreaterThan('from_minute')
  until_minute?: number;

  /** Length of a unit in minutes, 1 to 1440; a started unit counts in full. Not with `flat`. @example 30 */
  @RequiredWithout('flat')
  @WholeNumber({ min: 1, max: 1440 })
  @NotWith('flat')
  per_minutes?: number;

  /** Price of each started unit, with tax and at most the currency's decimals. Not with `flat`. @example 20 */
  @RequiredWithout('flat')
  @MoneyAmount(AMOUNT)
  @NotWith('flat')
  price?: number;

  /**
   * One amount, with tax, for the rest of the rate's time-of-day window, instead of a price per unit.
   * Requires `from` and `until`.
   */
  @ApiProperty({ required: false })
  @MayBeOmitted()
  @MoneyAmount(AMOUNT)
  @NotWith('per_minutes', 'price')
  flat?: number;
}

/** The names of the conditions that are given. */
export function conditionsOf(rate: RateDto): readonly string[] {
  return Object.keys(conditions(rate));
}

/**
 * Converts a valid rate to the domain, with amounts in minor units.
 * @throws TypeError if the rate is not valid
 */
export function toRate(rate: RateDto, currency: Currency): Rate {
  const { name, from, until, flat, per_minutes, price } = rate;
  const common = { name, ...conditions(rate) };
  if (flat !== undefined && from !== undefined && until !== undefined) {
    return { ...common, from, until, flat: toMinor(flat, currency) };
  }
  if (per_minutes === undefined || price === undefined) throw new TypeError(`${name} has no price`);
  return { ...common, per_minutes, price: toMinor(price, currency) };
}

export function mapRate(rate: Rate, currency: Currency): RateDto {
  const common = { name: rate.name, ...conditions(rate) };
  if ('flat' in rate) return { ...common, flat: currency.fromMinor(rate.flat) };
  return { ...common, per_minutes: rate.per_minutes, price: currency.fromMinor(rate.price) };
}

/** @throws TypeError if the currency cannot express the amount, which validation excludes */
export function toMinor(amount: number, currency: Currency): number {
  const minor = currency.toMinor(amount);
  if (minor === undefined) throw new TypeError(`${amount} is not an amount in ${currency.code}`);
  return minor;
}

/** The conditions that are given, in a fixed order. */
function conditions(rate: RateDto | Rate) {
  const { days, dates, from, until, from_minute, until_minute } = rate;
  return {
    ...(days && { days: [...days] }),
    ...(dates && { dates: [...dates] }),
    ...(from !== undefined && { from }),
    ...(until !== undefined && { until }),
    ...(from_minute !== undefined && { from_minute }),
    ...(until_minute !== undefined && { until_minute }),
  } satisfies RateConditions;
}
