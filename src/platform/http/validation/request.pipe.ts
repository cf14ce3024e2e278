import { type ArgumentMetadata, Injectable, ValidationPipe } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import { type FieldError, ValidationFailed } from '../../errors/coded-error.js';
import { toFieldErrors } from './field-errors.js';
import { checkTogether, hasChecksTogether, pickKnown } from './known-fields.js';
import type { DtoClass } from './nested.js';
import { NoBodyDto } from './no-body.dto.js';

const VALIDATION = {
  transform: true,
  whitelist: true,
  stopAtFirstError: true,
  validationError: { target: false, value: false },
  exceptionFactory: (errors: ValidationError[]) =>
    new ValidationFailed(errors.flatMap((error) => toFieldErrors(error))),
};

/**
 * Validates bodies and query strings against their DTO. An unknown field of a body is an error, at
 * every level; an unknown query parameter is ignored, as clients expect.
 */
@Injectable()
export class RequestPipe extends ValidationPipe {
  private readonly query = new ValidationPipe(VALIDATION);
  /**
   * The validated empty query of each DTO, which is always the same. Keeping it saves 4.6 µs per
   * request of a list; a request of the available lots takes 119 µs of CPU time in total.
   */
  private readonly emptyQueries = new Map<unknown, unknown>();

  constructor() {
    super(VALIDATION);
  }

  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    if (metadata.type === 'query') return this.transformQuery(value, metadata);
    // Path parameters have their own pipe; Nest's validation would convert "1e3" to a number first.
    if (metadata.type !== 'body') return value;
    const body = value === undefined || (value === null && needsNoBody(metadata)) ? {} : value;
    if (typeof body !== 'object' || body === null || Array.isArray(body)) {
      throw new ValidationFailed([{ field: 'body', message: 'The body must be a JSON object' }]);
    }
    return this.transformBody(body, metadata);
  }

  private async transformBody(body: object, metadata: ArgumentMetadata): Promise<unknown> {
    const type: DtoClass = metadata.metatype ?? Object;
    const unknown: string[] = [];
    const valid: Promise<object> = super.transform(pickKnown(body, { type, unknown }), metadata);
    if (unknown.length === 0 && !hasChecksTogether(type)) return valid;
    const errors = await valid.then((dto) => checkTogether(dto, type), errorsOf);
    if (errors.length === 0 && unknown.length === 0) return valid;
    throw new ValidationFailed([...errors, ...unknown.map(unknownField)]);
  }

  private async transformQuery(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const isEmpty = typeof value === 'object' && value !== null && Object.keys(value).length === 0;
    if (!isEmpty) return this.query.transform(value, metadata);
    const { metatype } = metadata;
    if (!this.emptyQueries.has(metatype)) {
      const query: unknown = await this.query.transform(value, metadata);
      this.emptyQueries.set(metatype, Object.freeze(query));
    }
    return this.emptyQueries.get(metatype);
  }
}

function needsNoBody({ metatype }: ArgumentMetadata): boolean {
  return metatype === NoBodyDto || metatype?.prototype instanceof NoBodyDto;
}

function errorsOf(error: unknown): readonly FieldError[] {
  if (error instanceof ValidationFailed) return error.errors;
  throw error;
}

function unknownField(field: string): FieldError {
  return { field, message: `${field} is not a field of this request` };
}
