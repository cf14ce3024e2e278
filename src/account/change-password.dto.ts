import { ApiProperty } from '@nestjs/swagger';
import { IsString } from 'class-validator';
import { NewPassword } from '../api-models/new-password.js';

export class ChangePasswordDto {
  /** @example 'test123' */
  @ApiProperty({ format: 'password' })
  @IsString({ message: 'current_password must be text' })
  current_password: string;

  /** @example 'correct horse battery staple' */
  @NewPassword()
  new_password: string;
}
