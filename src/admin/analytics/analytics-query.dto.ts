import { ApiProperty } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import type { AnalyticsQuery } from '../../analytics/analytics.service.js';
import { PERIOD_KINDS, type PeriodKind } from '../../analytics/lots/lot-periods.js';
import { ValidationFailed } from '../../platform/errors/coded-error.js';
import { PageQuery } from '../../platform/http/pagination/page-query.dto.js';
import { WholeNumberInQuery } from '../../platform/http/validation/numbers.js';
import { MayBeOmitted } from '../../platform/http/validation/text.js';
import { LocalDate } from '../../platform/http/validation/times.js';
import { DAY } from '../../platform/time/durations.js';

/** The days and periods of an analysis. Dates are local to each lot's time zone. */
export class AnalyticsQueryDto extends PageQuery {
  /** If omitted, all lots, including deleted ones. @example 1 */
  @MayBeOmitted()
  @WholeNumberInQuery({ min: 1, max: Number.MAX_SAFE_INTEGER })
  lot_id?: number;

  /** The first day. @example '2026-03-01' */
  @LocalDate()
  from: string;

  /** The day after the last day. @example '2026-04-01' */
  @LocalDate()
  until: string;

  /** The length of a period. @example 'day' */
  @ApiProperty({ enum: PERIOD_KINDS, default: 'day', required: false })
  @IsIn(PERIOD_KINDS, { message: `by must be one of ${PERIOD_KINDS.join(', ')}` })
  by: PeriodKind = 'day';
}

/** @throws ValidationFailed if the range is empty */
export function toAnalyticsQuery(query: AnalyticsQueryDto): AnalyticsQuery {
  const { lot_id: lotId, by } = query;
  const dates = { from: dayNumber(query.from), until: dayNumber(query.until) };
  if (dates.from >= dates.until) {
    throw new ValidationFailed([{ field: 'until', message: 'until must be later than from' }]);
  }
  return { lotId, dates, by };
}

/** Days since 1970-01-01. */
function dayNumber(date: string): number {
  return Date.parse(date) / DAY;
}
