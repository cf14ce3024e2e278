import type { LotHistory } from './lot-histories.js';
import type { DateRange, PeriodKind, Span } from './lot-periods.js';

export interface LotPeriod extends Span {
  readonly lot: LotHistory;
}

export interface PeriodsQuery {
  /** Dates in the time zone of each lot. */
  readonly dates: DateRange;
  readonly by: PeriodKind;
  /** The last period of the previous page. */
  readonly after?: { readonly lotId: number; readonly from: number };
}

/** The first `limit` periods. A lot has periods from its creation until now, or until it was deleted. */
export function firstPeriods(
  lots: readonly LotHistory[],
  query: PeriodsQuery & { readonly now: number },
  limit: number,
): LotPeriod[] {
  const periods: LotPeriod[] = [];
  for (const period of periodsOf(lots, query)) {
    periods.push(period);
    if (periods.length === limit) break;
  }
  return periods;
}

function* periodsOf(
  lots: readonly LotHistory[],
  { dates, by, after, now }: PeriodsQuery & { readonly now: number },
): Generator<LotPeriod> {
  for (const lot of lots) {
    if (after && lot.id < after.lotId) continue;
    const last = after?.lotId === lot.id ? after.from : -Infinity;
    const end = Math.min(lot.deletedAt, now);
    for (const period of lot.periods.within(
      by,
      dates,
      Math.max(Math.min(lot.createdAt, now), last),
    )) {
      if (period.from > end) break;
      if (period.from > last) yield { lot, ...period };
    }
  }
}
