import { ApiProperty } from '@nestjs/swagger';
import { IsString } from 'class-validator';
import { ApiInteger } from '../../platform/http/validation/numbers.js';
import type { SignIn } from '../../auth/sessions/sign-in.service.js';
import { AccountDto, mapAccount } from './account.dto.js';

export class LoginDto {
  /** Case-insensitive. @example 'testuser' */
  @IsString({ message: 'username must be text' })
  username: string;

  /** @example 'test123' */
  @ApiProperty({ format: 'password' })
  @IsString({ message: 'password must be text' })
  password: string;
}

export class TokenDto {
  /** Send it as `Authorization: Bearer <token>`. @example 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.e30.c2lnbmF0dXJl' */
  token: string;

  /** @example 'Bearer' */
  token_type: 'Bearer';

  /** Lifetime of the token, in seconds. @example 86400 */
  @ApiInteger()
  expires_in: number;

  user: AccountDto;
}

export function mapSignIn({ token, account }: SignIn, expiresIn: number): TokenDto {
  return { token, token_type: 'Bearer', expires_in: expiresIn, user: mapAccount(account) };
}
