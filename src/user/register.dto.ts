import { IsEmail, Matches } from 'class-validator';
import { Text } from '../platform/http/validation/text.js';
import { EMAIL_MAX, USERNAME } from '../auth/accounts/account-rules.js';
import { AccountDto } from '../api-models/account.dto.js';
import { NewPassword } from '../api-models/new-password.js';

export class RegisterDto {
  /** Unique (case-insensitive). @example 'testuser' */
  @Text(USERNAME)
  username: string;

  /** ASCII, as `format: email` implies. Unique (case-insensitive). @example 'test@example.com' */
  @Matches(/^[!-~]*$/, { message: 'email must be an e-mail address of ASCII characters' })
  @IsEmail({}, { message: 'email must be an e-mail address' })
  @Text({ min: 1, max: EMAIL_MAX })
  email: string;

  /** Any characters. In production at least 8, unless configured otherwise. @example 'test123' */
  @NewPassword()
  password: string;
}

export class RegisteredDto {
  /** @example 'Registered. You can log in now.' */
  message: string;

  user: AccountDto;
}
