import { type ArgumentMetadata, Injectable, ValidationPipe } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import { type FieldError, ValidationFailed } from '../../errors/coded-error.js';

const VALIDATION = {
  transform: true,
  whitelist: true,
  stopAtFirstError: true,
  validationError: { target: false, value: false },
  exceptionFactory: (errors: ValidationError[]) => new ValidationFailed(errors.map(toFieldError)),
};

/**
 * Validates bodies and query strings against their DTO. An unknown field of a body is an error; an
 * unknown query parameter is ignored, as clients expect.
 */
@Injectable()
export class RequestPipe extends ValidationPipe {
  private readonly query = new ValidationPipe(VALIDATION);
  /** The validated empty query of each DTO: always the same. */
  private readonly emptyQueries = new Map<unknown, unknown>();

  constructor() {
    super({ ...VALIDATION, forbidNonWhitelisted: true });
  }

  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    if (metadata.type === 'query') return this.transformQuery(value, metadata);
    // Path parameters have their own pipe; Nest's validation would convert "1e3" to a number first.
    if (metadata.type !== 'body') return value;
    const body = value === undefined ? {} : value;
    if (typeof body !== 'object' || body === null || Array.isArray(body)) {
      throw new ValidationFailed([{ field: 'body', message: 'The body must be a JSON object' }]);
    }
    const unknownFields = Object.keys(body).filter((field) => field in Object.prototype);
    const valid = super.transform(withoutDepth(body), metadata);
    if (unknownFields.length === 0) return valid;
    // class-transformer drops fields named like a method of Object; they are unknown fields like
    // any other.
    const errors = await valid.then(() => [], errorsOf);
    throw new ValidationFailed([...unknownFields.map(unknownField), ...errors]);
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

/**
 * Replaces nested objects and arrays by empty ones: no field accepts them, and class-transformer
 * would recurse into them until the stack overflows.
 */
function withoutDepth(body: object): object {
  const fields = Object.entries(body).map(([field, value]: [string, unknown]) => [
    field,
    typeof value === 'object' && value !== null ? {} : value,
  ]);
  return Object.fromEntries(fields);
}

function errorsOf(error: unknown): readonly FieldError[] {
  if (error instanceof ValidationFailed) return error.errors;
  throw error;
}

function unknownField(field: string): FieldError {
  return { field, message: `${field} is not a field of this request` };
}

function toFieldError({ property, constraints = {} }: ValidationError): FieldError {
  if ('whitelistValidation' in constraints) {
    return unknownField(property);
  }
  return { field: property, message: Object.values(constraints)[0] ?? `${property} is not valid` };
}
