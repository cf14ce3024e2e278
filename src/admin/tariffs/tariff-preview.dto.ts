import { ApiProperty } from '@nestjs/swagger';
import { TariffDto } from '../../api-models/tariffs/tariff.dto.js';
import { Instant } from '../../platform/http/validation/instants.js';
import { CheckTogether, NestedList, NestedObject } from '../../platform/http/validation/nested.js';
import { MayBeOmitted } from '../../platform/http/validation/text.js';
import { TimeZone } from '../../platform/http/validation/time-zone.js';
import { stayFaults } from '../../parking/tariffs/quoted-stay.js';

const MAX_STAYS = 100;

@CheckTogether(({ from, until }: StayDto) =>
  stayFaults({ from: from.getTime(), until: until.getTime() }),
)
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

  /** 1 to 100 stays. */
  @ApiProperty({
    example: [{ from: '2026-03-02T09:00:00+05:30', until: '2026-03-02T12:30:00+05:30' }],
  })
  @NestedList(() => StayDto, { min: 1, max: MAX_STAYS })
  stays: StayDto[];
}
