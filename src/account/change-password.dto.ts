import { NewPassword } from '../api-models/accounts/new-password.js';
import { CurrentPasswordDto } from './current-password.dto.js';

export class ChangePasswordDto extends CurrentPasswordDto {
  /** @example 'correct horse battery staple' */
  @NewPassword()
  new_password: string;
}
