import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { buildMessage, ValidateBy } from 'class-validator';
import { isDay } from '../../time/calendar.js';
import { ListOf } from './nested.js';

const TIME_OF_DAY = /^([01]\d|2[0-3]):[0-5]\d$/;

/** A local time of day from `00:00` to `23:59`. */
export function TimeOfDay(): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ type: 'string', pattern: TIME_OF_DAY.source }),
    ValidateBy({
      name: 'timeOfDay',
      validator: {
        validate: (value) => typeof value === 'string' && TIME_OF_DAY.test(value),
        defaultMessage: buildMessage(
          (prefix) => `${prefix}$property must be a time of day from 00:00 to 23:59`,
        ),
      },
    }),
  );
}

/** 1 to `max` different local dates, such as `2026-12-25`. */
export function LocalDates({ max }: { readonly max: number }): PropertyDecorator {
  return ListOf({
    min: 1,
    max,
    isItem: (item) => typeof item === 'string' && isDay(item),
    itemText: 'a date such as 2026-12-25',
    schema: { type: 'string', format: 'date' },
  });
}

/** A local date, such as `2026-12-25`. */
export function LocalDate(): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ type: 'string', format: 'date' }),
    ValidateBy({
      name: 'localDate',
      validator: {
        validate: (value) => typeof value === 'string' && isDay(value),
        defaultMessage: buildMessage(
          (prefix) => `${prefix}$property must be a date such as 2026-12-25`,
        ),
      },
    }),
  );
}
