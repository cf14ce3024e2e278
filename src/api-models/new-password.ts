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

/** A password that is being set: `PASSWORD_MIN_LENGTH` to 128 characters, any characters. */
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
    // Half of a surrogate pair is no character; two such halves would hash alike.
    if (typeof value !== 'string' || /\p{Surrogate}/u.test(value)) return false;
    const length = codePoints(value);
    return length >= this.configuration.passwordMinLength && length <= MAX_LENGTH;
  }

  defaultMessage({ property }: ValidationArguments): string {
    const { passwordMinLength } = this.configuration;
    return `${property} must be text of ${passwordMinLength} to ${MAX_LENGTH} characters`;
  }
}
