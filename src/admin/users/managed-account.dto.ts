import { ApiProperty } from '@nestjs/swagger';
import { IsBoolean } from 'class-validator';
import { Email, Username } from '../../api-models/accounts/account-fields.js';
import { AccountDto, mapAccount } from '../../api-models/accounts/account.dto.js';
import { NewPassword } from '../../api-models/accounts/new-password.js';
import type { CreatedAccount } from '../../auth/accounts/account-administration.js';
import type { AccountView } from '../../auth/accounts/account-view.js';
import type { IssuedLink } from '../../auth/links/account-links.js';
import { MayBeOmitted } from '../../platform/http/validation/text.js';

export class NewAccountDto {
  /** Unique (case-insensitive). @example 'newuser' */
  @Username()
  username: string;

  /** ASCII, as `format: email` implies. Unique (case-insensitive). @example 'new@example.com' */
  @Email()
  email: string;

  /** If omitted, the response contains a link to set a password. @example 'correct horse' */
  @MayBeOmitted()
  @NewPassword()
  password?: string;
}

export class OperatorChangesDto {
  /** Whether the account cannot log in; `true` ends all its sessions. @example true */
  @MayBeOmitted()
  @IsBoolean({ message: 'disabled must be true or false' })
  disabled?: boolean;
}

export class DriverChangesDto extends OperatorChangesDto {
  /** Applies immediately and is unconfirmed; links sent to the previous address are revoked. @example 'new@example.com' */
  @MayBeOmitted()
  @Email()
  email?: string;
}

/** An account as operators see it. */
export class ManagedAccountDto extends AccountDto {
  /** Whether the account cannot log in. @example false */
  disabled: boolean;
}

export class PasswordLinkDto {
  /** The page on which the owner sets a password. Shown once: null in a replayed response. @example 'https://parking.example.com/reset-password?token=0fZ3' */
  reset_url: string | null;

  /** 24 hours after the request. @example '2026-03-02T09:30:00.000Z' */
  expires_at: Date;
}

export class CreatedAccountDto extends AccountDto {
  /** The page on which the owner sets a password; absent if the account was created with a password. Shown once: null in a replayed response. @example 'https://parking.example.com/reset-password?token=0fZ3' */
  @ApiProperty({ type: String, nullable: true, required: false })
  reset_url?: string | null;

  /** When the link in `reset_url` expires; absent without a link. @example '2026-03-02T09:30:00.000Z' */
  expires_at?: Date;
}

export class CreatedOperatorDto extends CreatedAccountDto {
  /** Whether the account cannot log in. @example false */
  disabled: boolean;
}

export function mapManagedAccount(account: AccountView): ManagedAccountDto {
  return { ...mapAccount(account), disabled: account.disabledAt !== null };
}

export function mapPasswordLink({ url, expiresAt }: IssuedLink): PasswordLinkDto {
  return { reset_url: url?.reveal() ?? null, expires_at: expiresAt };
}

export function mapCreated({ account, link }: CreatedAccount): CreatedAccountDto {
  return { ...mapAccount(account), ...(link ? mapPasswordLink(link) : {}) };
}
