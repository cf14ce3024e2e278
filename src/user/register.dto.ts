import { AccountDto } from '../api-models/accounts/account.dto.js';
import { Email, Username } from '../api-models/accounts/account-fields.js';
import { NewPassword } from '../api-models/accounts/new-password.js';

export class RegisterDto {
  /** Unique (case-insensitive). @example 'testuser' */
  @Username()
  username: string;

  /** ASCII, as `format: email` implies. Unique (case-insensitive). @example 'test@example.com' */
  @Email()
  email: string;

  /** Any characters; in production at least 8, unless `PASSWORD_MIN_LENGTH` is set. @example 'test123' */
  @NewPassword()
  password: string;
}

export class RegisteredDto {
  /** @example 'Registered. You can log in now.' */
  message: string;

  user: AccountDto;
}
