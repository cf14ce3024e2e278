import { Injectable } from '@nestjs/common';
import type { TransactionRunner } from '../../../platform/database/transaction-runner.js';
import { ReadDatabase } from '../../../platform/database/read-database.js';
import type { Tx } from '../../../platform/database/tx.js';
import { ValidationFailed } from '../../../platform/errors/coded-error.js';
import { Clock } from '../../../platform/time/clock.js';
import { AheadUnits } from '../ahead/ahead-units.js';
import { AgreedTariffs } from '../../tariffs/versions/agreed-tariffs.js';
import type { Stay } from '../../tariffs/evaluation/charge.js';
import { chargeWithin } from '../../tariffs/evaluation/charge-within.js';
import type { Charge } from '../../tariffs/evaluation/line.js';
import { stayFaults } from '../../tariffs/quoted-stay.js';
import type { AppliedTariff } from '../../tariffs/tariff.js';
import { type Offer, readOffer } from './quote-queries.js';

/** Maximum number of lines of a quote, about 1 MB of JSON. */
const MAX_LINES = 5_000;

export interface QuoteRequest {
  readonly lotId: number;
  /** Undefined means now. */
  readonly from?: Date;
  readonly until: Date;
}

export interface Quote {
  readonly lotId: number;
  /** Whether the lot has room for the whole stay, by the current bookings. */
  readonly available: boolean;
  readonly stay: Stay;
  readonly charge: Charge;
  readonly applied: AppliedTariff;
}

/** What a quote is computed from. Stored under the request's Idempotency-Key, so it is small. */
interface QuotedTerms extends Offer {
  /** In ms since 1970 UTC. */
  readonly from: number;
}

/** Computes what a stay would cost. */
@Injectable()
export class QuotesService {
  constructor(
    private readonly database: ReadDatabase,
    private readonly agreed: AgreedTariffs,
    private readonly clock: Clock,
    private readonly units: AheadUnits,
  ) {}

  /**
   * What the stay would cost by the tariff that applies to the lot now, even if the stay begins later.
   * @throws LotNotFound
   * @throws ValidationFailed if the stay ends before it begins, is too long, or has too many lines
   */
  async quote(transactions: TransactionRunner, request: QuoteRequest): Promise<Quote> {
    await this.units.settleDue();
    const terms = await transactions.run((tx) => this.readTerms(tx, request));
    const { from, available, agreement } = terms;
    const { id, version, tariff, timeZone } = await this.agreed.ofBooking(this.database, agreement);
    const stay = { from, until: request.until.getTime(), timeZone };
    const charge = await chargeWithin(MAX_LINES, tariff, stay);
    if (!charge) fail(`until must be earlier: the charge would have more than ${MAX_LINES} lines`);
    return { lotId: request.lotId, available, stay, charge, applied: { id, version, tariff } };
  }

  private async readTerms(tx: Tx, { lotId, from, until }: QuoteRequest): Promise<QuotedTerms> {
    const now = this.clock.now().getTime();
    const window = { from: from?.getTime() ?? now, until: until.getTime() };
    const faults = stayFaults(window);
    if (faults.length > 0) throw new ValidationFailed(faults);
    return { from: window.from, ...(await readOffer(tx, lotId, { ...window, now })) };
  }
}

function fail(message: string): never {
  throw new ValidationFailed([{ field: 'until', message }]);
}
