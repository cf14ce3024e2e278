import { type ArgumentMetadata, Injectable, ValidationPipe } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import { type FieldError, ValidationFailed } from '../problems/coded-error.js';

const VALIDATION = {
  transform: true,
  whitelist: true,
  stopAtFirstError: true,
  validationError: { target: false, value: false },
  exceptionFactory: (errors: ValidationError[]) => new ValidationFailed(errors.map(toFieldError)),
};

/**
 * Validates bodies and query strings against their DTO. A body is closed: an unknown field is an
 * error. A query string is open: what is not known there is ignored, as clients expect.
 */
@Injectable()
export class RequestPipe extends ValidationPipe {
  private readonly query = new ValidationPipe(VALIDATION);

  constructor() {
    super({ ...VALIDATION, forbidNonWhitelisted: true });
  }

  override transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    if (metadata.type === 'query') return this.query.transform(value, metadata);
    if (metadata.type !== 'body') return super.transform(value, metadata);
    const body = value === undefined ? {} : value;
    if (typeof body !== 'object' || body === null || Array.isArray(body)) {
      throw new ValidationFailed([{ field: 'body', message: 'The body must be a JSON object' }]);
    }
    return super.transform(body, metadata);
  }
}

function toFieldError({ property, constraints = {} }: ValidationError): FieldError {
  if ('whitelistValidation' in constraints) {
    return { field: property, message: `${property} is not a field of this request` };
  }
  return { field: property, message: Object.values(constraints)[0] ?? `${property} is not valid` };
}
