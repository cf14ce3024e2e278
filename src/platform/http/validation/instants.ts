import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { buildMessage, ValidateBy } from 'class-validator';
import { DateTime } from 'luxon';
import { MayBeOmitted } from './text.js';

/** A date and time with its offset, to the millisecond: exactly one instant. */
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/;

/** An instant: ISO 8601 with `Z` or an offset. The field gets a `Date`. */
export function Instant(): PropertyDecorator {
  return applyDecorators(
    Transform(({ value }: { value: unknown }) => parseInstant(value) ?? value),
    ValidateBy({
      name: 'instant',
      validator: {
        validate: (value) => value instanceof Date,
        defaultMessage: buildMessage(
          (prefix) => `${prefix}$property must be an instant such as 2026-03-01T09:30:00.000Z`,
        ),
      },
    }),
    ApiInstant(),
  );
}

/** Documents a field whose text is an instant. */
export function ApiInstant(options: { readonly nullable?: boolean } = {}): PropertyDecorator {
  return ApiProperty({ type: 'string', format: 'date-time', ...options });
}

/** An optional instant in a query string. */
export function InstantInQuery(): PropertyDecorator {
  return applyDecorators(MayBeOmitted(), Instant(), ApiProperty({ required: false }));
}

function parseInstant(text: unknown): Date | undefined {
  if (typeof text !== 'string' || !INSTANT.test(text)) return undefined;
  const instant = DateTime.fromISO(text);
  return instant.isValid ? instant.toJSDate() : undefined;
}
