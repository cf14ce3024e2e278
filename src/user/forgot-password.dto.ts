import { Text } from '../platform/http/validation/text.js';
import { EMAIL_MAX } from '../auth/accounts/account-rules.js';

export class ForgotPasswordDto {
  /** The e-mail address of the account. @example 'asha@example.com' */
  @Text({ min: 1, max: EMAIL_MAX })
  email: string;
}

export class PasswordLinkRequestedDto {
  /** The same text, whether an account has the address or not. */
  message: string;
}
