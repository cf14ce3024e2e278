import { type ArgumentMetadata, Injectable, ValidationPipe } from '@nestjs/common';
import { getMetadataStorage, type ValidationError } from 'class-validator';
import { type FieldError, ValidationFailed } from '../../errors/coded-error.js';
import { shorten } from '../../text.js';
import { NoBodyDto } from './no-body.dto.js';

/** Maximum length of an unknown field's name in a response. */
const MAX_NAME = 80;

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
  /**
   * The validated empty query of each DTO: always the same. Saves 4.6 µs of a list's request, which
   * takes 119 µs of CPU time in total for available lots.
   */
  private readonly emptyQueries = new Map<unknown, unknown>();
  private readonly fields = new Map<unknown, ReadonlySet<string>>();

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
    const known = this.fieldsOf(metadata.metatype);
    const unknownFields = Object.keys(body).filter((field) => !known.has(field));
    const valid = super.transform(pickFlat(body, known), metadata);
    if (unknownFields.length === 0) return valid;
    const errors = await valid.then(() => [], errorsOf);
    throw new ValidationFailed([...errors, ...unknownFields.map(unknownField)]);
  }

  /**
   * The fields that a DTO declares. class-transformer and class-validator ignore fields named like a
   * property of an object (`constructor`, `__proto__`, `prototype`), so their own check of unknown
   * fields would accept those.
   */
  private fieldsOf(metatype: ArgumentMetadata['metatype'] = Object): ReadonlySet<string> {
    let fields = this.fields.get(metatype);
    if (!fields) {
      const rules = getMetadataStorage().getTargetValidationMetadatas(metatype, '', false, false);
      fields = new Set(rules.map(({ propertyName }) => propertyName));
      this.fields.set(metatype, fields);
    }
    return fields;
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

/**
 * The known fields. Nested objects and arrays are replaced by empty ones: no field accepts them, and
 * class-transformer would call a nested field named `constructor`.
 */
function pickFlat(body: object, known: ReadonlySet<string>): object {
  const fields = Object.entries(body)
    .filter(([field]) => known.has(field))
    .map(([field, value]: [string, unknown]) => [
      field,
      typeof value === 'object' && value !== null ? {} : value,
    ]);
  return Object.fromEntries(fields);
}

function errorsOf(error: unknown): readonly FieldError[] {
  if (error instanceof ValidationFailed) return error.errors;
  throw error;
}

function unknownField(name: string): FieldError {
  const field = shorten(name, MAX_NAME);
  return { field, message: `${field} is not a field of this request` };
}

function toFieldError({ property, constraints = {} }: ValidationError): FieldError {
  return { field: property, message: Object.values(constraints)[0] ?? `${property} is not valid` };
}
