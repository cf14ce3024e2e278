import { ApiProperty } from '@nestjs/swagger';
import { ApiInteger } from '../../platform/http/validation/numbers.js';
import { FastJsonDate } from '../../platform/http/fast-json/fast-json-date.js';
import type { Currency } from '../../platform/money/money.js';
import type { AgreedTariff } from '../../parking/tariffs/versions/agreed-tariffs.js';
import type { TariffVersion } from '../../parking/tariffs/versions/tariff-version.js';
import { mapTariff, TariffDto } from './tariff.dto.js';

/** A version of a lot's tariff. Only its end can change. */
export class TariffVersionDto extends TariffDto {
  /** Null for the hourly price of a lot without a tariff. @example 7 */
  @ApiProperty({ type: 'integer', nullable: true })
  id: number | null;

  /** Counts from 1 per lot; null for the hourly price. @example 2 */
  @ApiProperty({ type: 'integer', nullable: true })
  version: number | null;

  /** @example 1 */
  @ApiInteger()
  lot_id: number;

  /** Null for the hourly price. @example '2026-03-01T09:30:00.000Z' */
  valid_from: Date | null;

  /** When the next version begins, or this one was deleted. Null if no end is known. */
  replaced_at: Date | null;

  /** The lot's IANA time zone when the version was set. @example 'Asia/Kolkata' */
  time_zone: string;
}

export function mapTariffVersion(
  version: TariffVersion | (AgreedTariff & { readonly lotId: number }),
  currency: Currency,
): TariffVersionDto {
  const { validFrom = null, endsAt = null } = 'validFrom' in version ? version : {};
  return {
    id: version.id,
    version: version.version,
    lot_id: version.lotId,
    valid_from: validFrom === null ? null : new FastJsonDate(validFrom),
    replaced_at: endsAt === null ? null : new FastJsonDate(endsAt),
    time_zone: version.timeZone,
    ...mapTariff(version.tariff, currency),
  };
}
