import { Injectable, type PipeTransform, type ArgumentMetadata } from '@nestjs/common';
import { ApiParam } from '@nestjs/swagger';
import { ValidationFailed } from '../../errors/coded-error.js';

/**
 * An id in a path: a positive whole number. A number that is too large for an id matches nothing
 * (404).
 */
@Injectable()
export class IdPipe implements PipeTransform<string, number> {
  transform(value: string, { data: field = 'id' }: ArgumentMetadata): number {
    if (/^0*[1-9]\d*$/.test(value)) return Math.min(Number(value), Number.MAX_SAFE_INTEGER);
    throw new ValidationFailed([{ field, message: `${field} must be a positive whole number` }]);
  }
}

/** Documents the `:id` of a path. */
export function ApiId(): MethodDecorator {
  return ApiParam({ name: 'id', schema: { type: 'integer', minimum: 1, example: 1 } });
}
