import { mapTariffVersion, TariffVersionDto } from '../../api-models/tariffs/tariff-version.dto.js';
import type { AgreedTariff } from '../../parking/tariffs/versions/agreed-tariffs.js';
import { summarize } from '../../parking/tariffs/summary/summary.js';
import type { Currency } from '../../platform/money/money.js';

/** What a lot charges now. */
export class CurrentTariffDto extends TariffVersionDto {
  /** The tariff as short sentences. @example ['Stays of up to 10 minutes are free.', '50.00 per hour.'] */
  summary: string[];
}

export function mapCurrentTariff(
  tariff: AgreedTariff,
  lotId: number,
  currency: Currency,
): CurrentTariffDto {
  const summary = summarize(tariff.tariff, (minor) => currency.format(minor));
  return { ...mapTariffVersion({ ...tariff, lotId }, currency), summary };
}
