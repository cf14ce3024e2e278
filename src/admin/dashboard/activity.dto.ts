import { ApiProperty } from '@nestjs/swagger';
import { ApiInteger, WholeNumberInQuery } from '../../platform/http/validation/numbers.js';
import { FastJsonDate } from '../../platform/http/fast-json/fast-json-date.js';
import type { Currency } from '../../platform/money/money.js';
import type { SpotStatus } from '../../parking/spots/spot.entity.js';
import type { ActivityRow } from './activity-queries.js';

export class ActivityQuery {
  /** Number of events. @example 10 */
  @WholeNumberInQuery({ min: 1, max: 100 })
  limit: number = 10;
}

/** The latest event of a booking: the driver parked or left. */
export class ActivityDto {
  /** The booking's id. @example 12 */
  @ApiInteger()
  id: number;

  /** Null if the driver's account was deleted. @example 'testuser' */
  username: string | null;

  /** @example 'Connaught Place Inner Circle' */
  lot_name: string;

  /** @example 1 */
  @ApiInteger()
  spot_id: number;

  /** @example '1' */
  spot_number: string;

  /** `O`: the driver parked and occupies the spot. `A`: the driver left. */
  @ApiProperty({ enum: ['A', 'O'], example: 'A' })
  status: SpotStatus;

  /** When the event happened. @example '2026-03-01T11:30:00.000Z' */
  timestamp: Date;

  /** @example '2026-03-01T09:30:00.000Z' */
  parking_timestamp: Date;

  /** Null while parked. @example '2026-03-01T11:30:00.000Z' */
  leaving_timestamp: Date | null;

  /** 0 while the car is parked. @example 80 */
  cost: number;
}

export function mapActivity(row: ActivityRow, currency: Currency): ActivityDto {
  return {
    id: row.id,
    username: row.username,
    lot_name: row.lotName,
    spot_id: row.spotId,
    spot_number: String(row.spotNumber),
    status: row.leftAt === null ? 'O' : 'A',
    timestamp: new FastJsonDate(row.leftAt ?? row.parkedAt),
    parking_timestamp: new FastJsonDate(row.parkedAt),
    leaving_timestamp: row.leftAt === null ? null : new FastJsonDate(row.leftAt),
    cost: currency.fromMinor(row.cost ?? 0),
  };
}
