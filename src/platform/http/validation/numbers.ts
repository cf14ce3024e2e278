import { applyDecorators, Injectable } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import {
  buildMessage,
  Validate,
  ValidateBy,
  type ValidationArguments,
  ValidatorConstraint,
  type ValidatorConstraintInterface,
} from 'class-validator';
import { Currency, toMinorUnits } from '../../money/money.js';

interface Range {
  readonly min: number;
  readonly max: number;
}

/** A whole number; text is refused. */
export function WholeNumber({ min, max }: Range): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ type: 'integer', minimum: min, maximum: max }),
    ValidateBy({
      name: 'wholeNumber',
      validator: {
        validate: (value) => Number.isSafeInteger(value) && value >= min && value <= max,
        defaultMessage: buildMessage(
          (prefix) => `${prefix}$property must be a whole number from ${min} to ${max}`,
        ),
      },
    }),
  );
}

/** Documents a whole number in a response; TypeScript has one type for all numbers. */
export function ApiInteger(): PropertyDecorator {
  return ApiProperty({ type: 'integer' });
}

/**
 * A whole number in a query string, where every value is text. The field's initial value is the
 * default.
 */
export function WholeNumberInQuery(range: Range): PropertyDecorator {
  return applyDecorators(
    Transform(({ value }: { value: unknown }) =>
      typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value,
    ),
    WholeNumber(range),
    ApiProperty({ required: false }),
  );
}

/** A number with at most the given number of decimals. */
export function DecimalNumber({
  min,
  max,
  decimals,
}: Range & { readonly decimals: number }): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ type: 'number', minimum: min, maximum: max }),
    ValidateBy({
      name: 'decimalNumber',
      validator: {
        validate: (value) =>
          typeof value === 'number' &&
          value >= min &&
          value <= max &&
          toMinorUnits(value, decimals) !== undefined,
        defaultMessage: buildMessage(
          (prefix) =>
            `${prefix}$property must be a number from ${min} to ${max} with at most ${decimals} decimals`,
        ),
      },
    }),
  );
}

interface AmountRange extends Range {
  /** The bound in the message, if `max` applies to some resources only. */
  readonly usualMax?: number;
}

/** An amount of money in major units, with at most the currency's decimals. */
export function MoneyAmount({ min, max, usualMax = max }: AmountRange): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ type: 'number', minimum: min, maximum: max }),
    Validate(MoneyConstraint, [min, max, usualMax]),
  );
}

@ValidatorConstraint({ name: 'money' })
@Injectable()
export class MoneyConstraint implements ValidatorConstraintInterface {
  constructor(private readonly currency: Currency) {}

  validate(value: unknown, { constraints: [min, max] }: ValidationArguments): boolean {
    if (typeof value !== 'number' || !(value >= min && value <= max)) return false;
    return this.currency.toMinor(value) !== undefined;
  }

  defaultMessage({ property, constraints: [min, , max] }: ValidationArguments): string {
    const { decimals, code } = this.currency;
    return `${property} must be a number from ${min} to ${max} with at most ${decimals} decimals (${code})`;
  }
}
