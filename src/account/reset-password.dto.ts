import { IsString } from 'class-validator';
import { NewPassword } from '../api-models/accounts/new-password.js';

export class ResetPasswordDto {
  /** The token of the link. @example 'mB0r…' */
  @IsString({ message: 'token must be text' })
  token: string;

  /** The new password. @example 'correct horse' */
  @NewPassword()
  new_password: string;
}
