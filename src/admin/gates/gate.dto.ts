import { ApiProperty } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import { ApiInteger, WholeNumber } from '../../platform/http/validation/numbers.js';
import { FastJsonDate } from '../../platform/http/fast-json/fast-json-date.js';
import { MayBeOmitted, Text } from '../../platform/http/validation/text.js';
import {
  DIRECTIONS,
  type Gate,
  type GateDirection,
  type GateFields,
} from '../../parking/gates/gate.js';
import type { KeyedGate } from '../../parking/gates/gates.service.js';

const NAME = { min: 1, max: 80 };
const ID = { min: 1, max: Number.MAX_SAFE_INTEGER };
const ANY_DIRECTION = { message: `direction must be one of ${DIRECTIONS.join(', ')}` };

export class NewGateDto {
  /** The lot to which the gate leads. @example 1 */
  @WholeNumber(ID)
  lot_id: number;

  /** @example 'North entrance' */
  @Text(NAME)
  name: string;

  /** `in` for entries, `out` for exits, `both` for both. */
  @ApiProperty({ enum: DIRECTIONS, example: 'in' })
  @IsIn(DIRECTIONS, ANY_DIRECTION)
  direction: GateDirection;
}

/** Omitted fields stay unchanged. */
export class GateChangesDto {
  /** The lot to which the gate leads; earlier events stay with the previous lot. @example 1 */
  @MayBeOmitted()
  @WholeNumber(ID)
  lot_id?: number;

  /** @example 'North entrance' */
  @MayBeOmitted()
  @Text(NAME)
  name?: string;

  /** `in` for entries, `out` for exits, `both` for both. */
  @ApiProperty({ enum: DIRECTIONS, example: 'in' })
  @MayBeOmitted()
  @IsIn(DIRECTIONS, ANY_DIRECTION)
  direction?: GateDirection;
}

/** A gate, without its key. */
export class GateDto {
  /** @example 1 */
  @ApiInteger()
  id: number;

  /** @example 1 */
  @ApiInteger()
  lot_id: number;

  /** @example 'North entrance' */
  name: string;

  @ApiProperty({ enum: DIRECTIONS, example: 'in' })
  direction: GateDirection;

  /** @example '2026-03-01T09:30:00.000Z' */
  created_at: Date;

  /** @example '2026-03-01T09:30:00.000Z' */
  updated_at: Date;
}

export class KeyedGateDto extends GateDto {
  /** The Bearer token of the gate. Shown once: null in a replayed response. @example 'gate_0fZ3' */
  @ApiProperty({ type: String, nullable: true })
  key: string | null;
}

export function toGate({ lot_id: lotId, name, direction }: NewGateDto): GateFields {
  return { lotId, name, direction };
}

export function toGateChanges({ lot_id, name, direction }: GateChangesDto): Partial<GateFields> {
  return {
    ...(lot_id === undefined ? {} : { lotId: lot_id }),
    ...(name === undefined ? {} : { name }),
    ...(direction === undefined ? {} : { direction }),
  };
}

export function mapGate(gate: Gate): GateDto {
  return {
    id: gate.id,
    lot_id: gate.lotId,
    name: gate.name,
    direction: gate.direction,
    created_at: new FastJsonDate(gate.createdAt),
    updated_at: new FastJsonDate(gate.updatedAt),
  };
}

export function mapKeyedGate({ gate, key }: KeyedGate): KeyedGateDto {
  return { ...mapGate(gate), key: key?.reveal() ?? null };
}
