import { applyDecorators } from '@nestjs/common';
import { IsEmail, Matches } from 'class-validator';
import { EMAIL_MAX, USERNAME } from '../../auth/accounts/account-rules.js';
import { Text } from '../../platform/http/validation/text.js';

/** The username of a new account. */
export function Username(): PropertyDecorator {
  return Text(USERNAME);
}

/** An e-mail address of ASCII characters. */
export function Email(): PropertyDecorator {
  return applyDecorators(
    Text({ min: 1, max: EMAIL_MAX }),
    IsEmail({}, { message: 'email must be an e-mail address' }),
    Matches(/^[!-~]*$/, { message: 'email must be an e-mail address of ASCII characters' }),
  );
}
