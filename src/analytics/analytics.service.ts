import { Injectable } from '@nestjs/common';
import { LotNotFound } from '../parking/errors.js';
import { AheadUnits } from '../parking/reservations/ahead/ahead-units.js';
import { Configuration } from '../platform/config/configuration.js';
import { ReadDatabase } from '../platform/database/read-database.js';
import { decodeCursor, Page, type PageRequest } from '../platform/page.js';
import { Clock } from '../platform/time/clock.js';
import { RangeTooLarge } from './errors.js';
import { HourlySums } from './hours/hourly-sums.service.js';
import { NO_SUMS } from './hours/sums.js';
import { sumsOfPeriods } from './hours/sums-of-periods.js';
import { type LotHistory, readLotHistories } from './lots/lot-histories.js';
import { firstPeriods, type PeriodsQuery } from './lots/periods-of-lots.js';
import { type LotMetrics, metricsOf, type SummedPeriod } from './metrics.js';

export interface AnalyticsQuery extends PeriodsQuery {
  /** If undefined, all lots, including deleted ones. */
  readonly lotId?: number;
}

interface SummedPeriods {
  readonly periods: readonly SummedPeriod[];
  /** When the periods were read, in ms. */
  readonly now: number;
}

/** Maximum number of rows of a file or a report: about 3 MB. */
export const MAX_ROWS = 20_000;
/** Rows whose sums are read at once. Other requests run between two batches. */
const BATCH = 500;

/** Computes metrics of lots from the sums per hour, and from bookings since the last summed hour. */
@Injectable()
export class Analytics {
  constructor(
    private readonly database: ReadDatabase,
    private readonly sums: HourlySums,
    private readonly bookings: AheadUnits,
    private readonly configuration: Configuration,
    private readonly clock: Clock,
  ) {}

  /**
   * A page of the rows: one per lot and period since the lot was created, by lot and time.
   * @throws LotNotFound
   * @throws AnalyticsNotReady while past bookings are being summed
   */
  async list(query: AnalyticsQuery, page: PageRequest): Promise<Page<LotMetrics>> {
    const [lotId, from] = decodeCursor(page, 'id', 'instant') ?? [];
    const after = lotId !== undefined && from !== undefined ? { lotId, from } : undefined;
    const { periods, now } = await this.read({ ...query, after }, page.limit + 1);
    const rows = periods.map((period) => metricsOf(period, now));
    return Page.of(rows, page.limit, (row) => [row.lotId, row.from]);
  }

  /**
   * All rows.
   * @throws LotNotFound | RangeTooLarge
   * @throws AnalyticsNotReady while past bookings are being summed
   */
  async all(query: AnalyticsQuery): Promise<LotMetrics[]> {
    const { periods, now } = await this.read(query, MAX_ROWS + 1);
    if (periods.length > MAX_ROWS) throw new RangeTooLarge(MAX_ROWS);
    return periods.map((period) => metricsOf(period, now));
  }

  /** The first `limit` periods, with their sums. @throws LotNotFound | AnalyticsNotReady */
  async read(query: AnalyticsQuery, limit: number): Promise<SummedPeriods> {
    await this.bookings.settleDue();
    return this.sums.readCurrent((summedUntil) => this.readWith(summedUntil, query, limit));
  }

  private async readWith(
    summedUntil: number,
    query: AnalyticsQuery,
    limit: number,
  ): Promise<SummedPeriods> {
    const now = this.clock.now().getTime();
    const periods = firstPeriods(await this.lots(query.lotId), { ...query, now }, limit);
    const summed: SummedPeriod[] = [];
    for (let first = 0; first < periods.length; first += BATCH) {
      const some = periods.slice(first, first + BATCH);
      const state = { by: query.by, summedUntil, now };
      const sums = await sumsOfPeriods(this.database, some, state);
      summed.push(...some.map((period, index) => ({ ...period, sums: sums[index] ?? NO_SUMS })));
    }
    return { periods: summed, now };
  }

  private async lots(lotId: number | undefined): Promise<LotHistory[]> {
    const { timezone } = this.configuration;
    if (lotId === undefined) return readLotHistories(this.database, timezone);
    const lots = await readLotHistories(this.database, timezone, [lotId]);
    if (lots.length === 0) throw new LotNotFound(lotId);
    return lots;
  }
}
