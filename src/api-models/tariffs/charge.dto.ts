import { ApiProperty } from '@nestjs/swagger';
import { FastJsonDate } from '../../platform/http/fast-json/fast-json-date.js';
import type { Currency } from '../../platform/money/money.js';
import type { Stay } from '../../parking/tariffs/evaluation/charge.js';
import {
  type Charge,
  type Line,
  LINE_KINDS,
  type LineKind,
} from '../../parking/tariffs/evaluation/line.js';
import type { AppliedTariff } from '../../parking/tariffs/tariff.js';
import { mapTaxPercent } from './tariff.dto.js';

/** Adjacent units of one rate form one line. */
export class ChargeLineDto {
  /**
   * `units` and `flat` are charged by a rate; `cap` is a reduction and `minimum` an addition to what
   * they cost; `grace` is a free stay; `fee` is charged for late cancelling or a no-show; `carried_over`
   * is a cost that was imported.
   */
  @ApiProperty({ enum: LINE_KINDS, example: 'units' })
  kind: LineKind;

  /** Name of the rate; null on lines of other kinds. @example 'First two hours' */
  rate: string | null;

  /** @example '2026-03-02T03:30:00.000Z' */
  from: Date;

  /** When the last unit ends, which may be after the stay. @example '2026-03-02T05:30:00.000Z' */
  until: Date;

  /** Number of units that were charged; null on lines without a rate. @example 4 */
  @ApiProperty({ type: 'integer', nullable: true })
  units: number | null;

  /** Length of a unit in minutes; null if it has no fixed length. @example 30 */
  @ApiProperty({ type: 'integer', nullable: true })
  per_minutes: number | null;

  /** Null on lines without a rate. @example 20 */
  unit_price: number | null;

  /** Negative on lines of kind `cap`. @example 80 */
  amount: number;
}

/** The version of a tariff by which a stay is charged. */
export class ChargedTariffDto {
  /** Null for the hourly price of a lot, and in previews. @example 3 */
  @ApiProperty({ type: 'integer', nullable: true })
  id: number | null;

  /** Null for the hourly price of a lot, and in previews. @example 2 */
  @ApiProperty({ type: 'integer', nullable: true })
  version: number | null;

  /** @example 'City centre' */
  name: string;
}

/** What a stay costs, and why. */
export class ChargeDto {
  /** Start of the stay. @example '2026-03-02T03:30:00.000Z' */
  from: Date;

  /** End of the stay. @example '2026-03-02T05:30:00.000Z' */
  until: Date;

  /** IANA name of the zone in which the tariff's times are local. @example 'Asia/Kolkata' */
  time_zone: string;

  /** ISO 4217 code of the amounts. @example 'INR' */
  currency: string;

  lines: ChargeLineDto[];

  /** The sum of the lines, with tax. @example 80 */
  total: number;

  /** @example 18 */
  tax_percent: number;

  /** The part of the total that is tax, rounded half up. @example 12.2 */
  tax: number;

  tariff: ChargedTariffDto;
}

interface ChargedStay {
  readonly stay: Stay;
  readonly charge: Charge;
  readonly applied: AppliedTariff;
}

export function mapCharge({ stay, charge, applied }: ChargedStay, currency: Currency): ChargeDto {
  const { id, version, tariff } = applied;
  return {
    from: new FastJsonDate(stay.from),
    until: new FastJsonDate(stay.until),
    time_zone: stay.timeZone,
    currency: currency.code,
    lines: charge.lines.map((line) => mapLine(line, currency)),
    total: currency.fromMinor(charge.total),
    tax_percent: mapTaxPercent(tariff),
    tax: currency.fromMinor(charge.tax),
    tariff: { id, version, name: tariff.name },
  };
}

function mapLine(line: Line, currency: Currency): ChargeLineDto {
  return {
    kind: line.kind,
    rate: line.rate,
    from: new FastJsonDate(line.from),
    until: new FastJsonDate(line.until),
    units: line.units,
    per_minutes: line.per_minutes,
    unit_price: line.unit_price === null ? null : currency.fromMinor(line.unit_price),
    amount: currency.fromMinor(line.amount),
  };
}
