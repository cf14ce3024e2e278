import { ApiProperty } from '@nestjs/swagger';
import { type Role, ROLES } from '../../platform/principal.js';
import { ApiInteger } from '../../platform/http/validation/numbers.js';
import type { AccountView } from '../../auth/accounts/account-view.js';

/** An account without its password hash. */
export class AccountDto {
  /** @example 2 */
  @ApiInteger()
  id: number;

  /** @example 'testuser' */
  username: string;

  /** @example 'test@example.com' */
  @ApiProperty({ format: 'email' })
  email: string;

  /** `admin` operates lots, `user` is a driver. */
  @ApiProperty({ enum: ROLES, example: 'user' })
  role: Role;

  /** @example '2026-03-01T09:30:00.000Z' */
  created_at: Date;

  /** @example '2026-03-01T09:30:00.000Z' */
  updated_at: Date;
}

export function mapAccount(account: Omit<AccountView, 'disabledAt'>): AccountDto {
  return {
    id: account.id,
    username: account.username,
    email: account.email,
    role: account.role,
    created_at: account.createdAt,
    updated_at: account.updatedAt,
  };
}
