import { ApiInteger, WholeNumber } from '../../platform/http/validation/numbers.js';
import { Instant } from '../../platform/http/validation/instants.js';
import { MayBeOmitted } from '../../platform/http/validation/text.js';
import type { Currency } from '../../platform/money/money.js';
import { ChargeDto, mapCharge } from '../../api-models/tariffs/charge.dto.js';
import type { Quote, QuoteRequest } from '../../parking/reservations/pricing/quotes.service.js';

export class QuoteRequestDto {
  /** @example 1 */
  @WholeNumber({ min: 1, max: Number.MAX_SAFE_INTEGER })
  lot_id: number;

  /** Start of the stay, not before 1970; now if omitted. @example '2026-03-01T09:30:00.000Z' */
  @MayBeOmitted()
  @Instant()
  from?: Date;

  /**
   * End of the stay, at most ten years after its start, and not after the year 9998.
   * @example '2026-03-01T11:00:00.000Z'
   */
  @Instant()
  until: Date;
}

/** What a stay would cost by the tariff that applies now. */
export class QuoteDto extends ChargeDto {
  /** @example 1 */
  @ApiInteger()
  lot_id: number;

  /** Whether the lot has room for the whole stay, by the current bookings. */
  available: boolean;
}

export function toQuoteRequest({ lot_id: lotId, from, until }: QuoteRequestDto): QuoteRequest {
  return { lotId, from, until };
}

export function mapQuote(quote: Quote, currency: Currency): QuoteDto {
  return { lot_id: quote.lotId, available: quote.available, ...mapCharge(quote, currency) };
}
