import { applyDecorators, Injectable } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import {
  Validate,
  type ValidationArguments,
  ValidatorConstraint,
  type ValidatorConstraintInterface,
} from 'class-validator';
import { Configuration } from '../../platform/config/configuration.js';
import { isPassword, MAX_PASSWORD_LENGTH } from '../../auth/passwords/password-rule.js';

/** A new password: `PASSWORD_MIN_LENGTH` to 128 characters of any kind. */
export function NewPassword(): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ minLength: 6, maxLength: MAX_PASSWORD_LENGTH, format: 'password' }),
    Validate(NewPasswordConstraint),
  );
}

@ValidatorConstraint({ name: 'newPassword' })
@Injectable()
export class NewPasswordConstraint implements ValidatorConstraintInterface {
  constructor(private readonly configuration: Configuration) {}

  validate(value: unknown): boolean {
    return typeof value === 'string' && isPassword(value, this.configuration.passwordMinLength);
  }

  defaultMessage({ property }: ValidationArguments): string {
    const { passwordMinLength } = this.configuration;
    return `${property} must be text of ${passwordMinLength} to ${MAX_PASSWORD_LENGTH} characters`;
  }
}
