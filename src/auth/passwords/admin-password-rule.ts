import { Injectable } from '@nestjs/common';
import { isCommonPassword } from '../../platform/config/common-passwords.js';
import { Configuration } from '../../platform/config/configuration.js';
import { ValidationFailed } from '../../platform/errors/coded-error.js';

/** Refuses common passwords of admins in production, because the next start would refuse them. */
@Injectable()
export class AdminPasswordRule {
  constructor(private readonly configuration: Configuration) {}

  /** @throws ValidationFailed naming the field, if the password is common or equals the username */
  assertUncommon(field: string, password: string | undefined, username: string): void {
    if (password === undefined || !this.configuration.production) return;
    if (password !== username && !isCommonPassword(password)) return;
    const message = `${field} must not be one of the most common passwords`;
    throw new ValidationFailed([{ field, message }]);
  }
}
