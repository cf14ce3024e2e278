import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { buildMessage, ValidateBy } from 'class-validator';
import { DateTime } from 'luxon';
import { MayBeOmitted } from './text.js';

/** A date and time with its offset, to the millisecond: exactly one instant. */
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/;

/** An optional instant in a query string: ISO 8601 with `Z` or an offset. */
export function InstantInQuery(): PropertyDecorator {
  return applyDecorators(
    MayBeOmitted(),
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
    ApiProperty({ required: false, type: 'string', format: 'date-time' }),
  );
}

function parseInstant(text: unknown): Date | undefined {
  if (typeof text !== 'string' || !INSTANT.test(text)) return undefined;
  const instant = DateTime.fromISO(text);
  return instant.isValid ? instant.toJSDate() : undefined;
}
