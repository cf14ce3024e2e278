import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { ValidateBy } from 'class-validator';
import { ValidationFailed } from '../platform/errors/coded-error.js';
import { PageQuery } from '../platform/http/pagination/page-query.dto.js';
import { MayBeOmitted } from '../platform/http/validation/text.js';
import type { Position } from '../parking/lots/distance.js';
import type { Near } from '../parking/lots/nearest.js';

const POSITION = /^([+-]?\d{1,3}(?:\.\d{1,15})?),([+-]?\d{1,3}(?:\.\d{1,15})?)$/;
const METRES = /^\d{1,9}(?:\.\d{1,3})?$/;

/** A list of lots, which may be sorted by their distance from a point. */
export class NearQuery extends PageQuery {
  /** `LATITUDE,LONGITUDE` in degrees: the nearest lots first; omits lots without a position. @example '28.6315,77.2167' */
  @Parsed(parsePosition, 'near must be LATITUDE,LONGITUDE in degrees, such as 28.6315,77.2167')
  @ApiProperty({ type: 'string', required: false, pattern: POSITION.source })
  near?: Position;

  /** Together with `near`: the greatest distance in metres, inclusive. @example 1000 */
  @Parsed(parseMetres, 'radius must be a number of metres from 0 to 999999999')
  @ApiProperty({ type: 'number', required: false, minimum: 0, maximum: 999_999_999 })
  radius?: number;
}

/**
 * The point and the radius of the query; undefined if neither is given.
 * @throws ValidationFailed if only the radius is given
 */
export function nearOf({ near, radius }: NearQuery): Near | undefined {
  if (near) return { position: near, radius: radius ?? Infinity };
  if (radius === undefined) return undefined;
  const message = 'radius must be given together with near';
  throw new ValidationFailed([{ field: 'radius', message }]);
}

/** An optional query parameter that `parse` converts; `parse` returns undefined for invalid text. */
function Parsed(parse: (text: string) => unknown, message: string): PropertyDecorator {
  return applyDecorators(
    MayBeOmitted(),
    Transform(({ value }: { value: unknown }) => {
      return typeof value === 'string' ? (parse(value) ?? value) : value;
    }),
    ValidateBy({
      name: 'parsed',
      validator: {
        validate: (value) => typeof value !== 'string' && !Array.isArray(value),
        defaultMessage: () => message,
      },
    }),
  );
}

function parsePosition(text: string): Position | undefined {
  const [, latitude, longitude] = (POSITION.exec(text) ?? []).map(Number);
  if (latitude === undefined || longitude === undefined) return undefined;
  const isOnEarth = Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180;
  return isOnEarth ? { latitude, longitude } : undefined;
}

function parseMetres(text: string): number | undefined {
  return METRES.test(text) ? Number(text) : undefined;
}
