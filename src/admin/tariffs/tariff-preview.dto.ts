import { ApiProperty } from '@nestjs/swagger';
import { TariffDto } from '../../api-models/tariff.dto.js';
import type { FieldError } from '../../platform/errors/coded-error.js';
import { Instant } from '../../platform/http/validation/instants.js';
import { CheckTogether, NestedList, NestedObject } from '../../platform/http/validation/nested.js';
import { MayBeOmitted } from '../../platform/http/validation/text.js';
import { TimeZone } from '../../platform/http/validation/time-zone.js';
import { MAX_QUOTED_DAYS } from '../../parking/reservations/quotes.service.js';
import { DAY } from '../../platform/time/durations.js';

const MAX_STAYS = 100;
/** No line of the charge starts before it, or ends after the year 9999. */
const EARLIEST = Date.parse('1970-01-01T00:00:00Z');
const LATEST = Date.parse('9999-01-01T00:00:00Z');

@CheckTogether(stayFaults)
export class StayDto {
  /** Start of the stay, not before 1970. @example '2026-03-02T09:00:00+05:30' */
  @Instant()
  from: Date;

  /**
   * End of the stay: not before `from`, at most ten years (3653 days) after it, and not after the year
   * 9998. @example '2026-03-02T12:30:00+05:30'
   */
  @Instant()
  until: Date;
}

export class TariffPreviewDto {
  @NestedObject(() => TariffDto)
  tariff: TariffDto;

  /** The zone in which the tariff's times are local; the installation's if omitted. @example 'Asia/Kolkata' */
  @MayBeOmitted()
  @TimeZone()
  time_zone?: string;

  /** 1 to 100. */
  @ApiProperty({
    example: [{ from: '2026-03-02T09:00:00+05:30', until: '2026-03-02T12:30:00+05:30' }],
  })
  @NestedList(() => StayDto, { min: 1, max: MAX_STAYS })
  stays: StayDto[];
}

function stayFaults({ from, until }: StayDto): readonly FieldError[] {
  const [start, end] = [from.getTime(), until.getTime()];
  if (start < EARLIEST) return [{ field: 'from', message: 'from must not be before 1970' }];
  if (end < start) return [{ field: 'until', message: 'until must not be before from' }];
  if (end - start > MAX_QUOTED_DAYS * DAY) {
    return [
      { field: 'until', message: `until must be at most ${MAX_QUOTED_DAYS} days after from` },
    ];
  }
  return end <= LATEST
    ? []
    : [{ field: 'until', message: 'until must not be after the year 9998' }];
}
