import { ApiProperty } from '@nestjs/swagger';
import { ApiInteger } from '../../platform/http/validation/numbers.js';
import { FastJsonDate } from '../../platform/http/fast-json/fast-json-date.js';
import type { SpotStatus } from '../../parking/spots/spot.entity.js';
import type { SpotRow } from './spot-queries.js';

/** The booking that occupies a spot. */
export class SpotReservationDto {
  /** @example 12 */
  @ApiInteger()
  id: number;

  /** @example 2 */
  @ApiInteger()
  user_id: number;

  /** @example 'testuser' */
  username: string;

  /** @example 'DL 01 AB 1234' */
  vehicle_number: string | null;

  /** Null while the spot is reserved and its car has not arrived. @example '2026-03-01T09:30:00.000Z' */
  parking_timestamp: Date | null;
}

export class SpotDto {
  /** @example 1 */
  @ApiInteger()
  id: number;

  /** @example 1 */
  @ApiInteger()
  lot_id: number;

  /** @example '1' */
  spot_number: string;

  /** `A` available, `O` occupied. */
  @ApiProperty({ enum: ['A', 'O'], example: 'O' })
  status: SpotStatus;

  /** `Reserved`: occupied by a booking whose car has not arrived. */
  @ApiProperty({ enum: ['Available', 'Occupied', 'Reserved'], example: 'Occupied' })
  status_text: 'Available' | 'Occupied' | 'Reserved';

  /** @example '2026-03-01T09:30:00.000Z' */
  created_at: Date;

  /** Null while the spot is available. */
  reservation: SpotReservationDto | null;
}

export function mapSpot(row: SpotRow): SpotDto {
  return {
    id: row.id,
    lot_id: row.lotId,
    spot_number: String(row.number),
    status: row.reservationId === null ? 'A' : 'O',
    status_text: statusText(row),
    created_at: new FastJsonDate(row.createdAt),
    reservation: mapReservation(row),
  };
}

function statusText(row: SpotRow): SpotDto['status_text'] {
  if (row.reservationId === null) return 'Available';
  return row.parkedAt === null ? 'Reserved' : 'Occupied';
}

function mapReservation(row: SpotRow): SpotReservationDto | null {
  if (row.reservationId === null) return null;
  return {
    id: row.reservationId,
    user_id: row.userId,
    username: row.username,
    vehicle_number: row.vehicleNumber,
    parking_timestamp: row.parkedAt === null ? null : new FastJsonDate(row.parkedAt),
  };
}
