import { Instant } from '../../platform/http/validation/instants.js';
import { MayBeOmitted } from '../../platform/http/validation/text.js';
import type { Currency } from '../../platform/money/money.js';
import { TariffDto, toTariff } from '../../api-models/tariffs/tariff.dto.js';
import type { TariffChange } from '../../parking/tariffs/tariffs.service.js';

export class TariffChangeDto extends TariffDto {
  /** When the tariff begins to apply, not in the past; now if omitted. @example '2026-04-01T00:00:00+05:30' */
  @MayBeOmitted()
  @Instant()
  valid_from?: Date;
}

export function toTariffChange(body: TariffChangeDto, currency: Currency): TariffChange {
  return { tariff: toTariff(body, currency), validFrom: body.valid_from };
}
