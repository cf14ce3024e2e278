import { applyDecorators, Injectable } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import {
  Validate,
  type ValidationArguments,
  ValidatorConstraint,
  type ValidatorConstraintInterface,
} from 'class-validator';
import { Configuration } from '../platform/config/configuration.js';
import { codePoints } from '../platform/text.js';

const MAX_LENGTH = 128;

/** A new password: `PASSWORD_MIN_LENGTH` to 128 characters of any kind. */
export function NewPassword(): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ minLength: 6, maxLength: MAX_LENGTH, format: 'password' }),
    Validate(NewPasswordConstraint),
  );
}

@ValidatorConstraint({ name: 'newPassword' })
@Injectable()
export class NewPasswordConstraint implements ValidatorConstraintInterface {
  constructor(private readonly configuration: Configuration) {}

  validate(value: unknown): boolean {
    // A lone surrogate is not a character, and all of them would hash alike.
    if (typeof value !== 'string' || /\p{Surrogate}/u.test(value)) return false;
    const length = codePoints(value);
    return length >= this.configuration.passwordMinLength && length <= MAX_LENGTH;
  }

  defaultMessage({ property }: ValidationArguments): string {
    const { passwordMinLength } = this.configuration;
    return `${property} must be text of ${passwordMinLength} to ${MAX_LENGTH} characters`;
  }
}
