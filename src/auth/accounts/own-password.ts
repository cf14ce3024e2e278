import { Injectable } from '@nestjs/common';
import { recordAudit } from '../../platform/audit/audit.js';
import type { AuditedAction } from '../../platform/audit/audited-actions.js';
import { TransactionRunner } from '../../platform/database/transaction-runner.js';
import type { Tx } from '../../platform/database/tx.js';
import { ValidationFailed } from '../../platform/errors/coded-error.js';
import type { Principal } from '../../platform/principal.js';
import { Clock } from '../../platform/time/clock.js';
import { CurrentPasswordWrong } from '../errors.js';
import { revokeLinks } from '../links/account-links.js';
import { type PasswordPriority, Passwords } from '../passwords/passwords.js';
import { Account } from './account.entity.js';
import { AccountsService } from './accounts.service.js';
import { AdminPasswordRule } from '../passwords/admin-password-rule.js';

/** The password with which the owner confirms a request. */
export interface GivenPassword {
  readonly currentPassword: string;
  readonly priority: PasswordPriority;
}

interface PasswordChange extends GivenPassword {
  readonly newPassword: string;
}

/** Requests that the owner of an account confirms with the password. */
@Injectable()
export class OwnPassword {
  constructor(
    private readonly accounts: AccountsService,
    private readonly transactions: TransactionRunner,
    private readonly passwords: Passwords,
    private readonly adminPasswords: AdminPasswordRule,
    private readonly clock: Clock,
  ) {}

  /**
   * The principal's account, if the password is correct. A wrong password is audited.
   * @throws CurrentPasswordWrong | TokenRevoked | Overloaded
   */
  async confirm(
    principal: Principal,
    { currentPassword, priority }: GivenPassword,
    refusal: AuditedAction,
  ): Promise<Account> {
    const account = await this.accounts.get(principal.id);
    if (await this.passwords.matches(currentPassword, account.passwordHash, priority)) {
      return account;
    }
    await this.transactions.run((tx) => this.audit(tx, principal, refusal));
    throw new CurrentPasswordWrong();
  }

  /**
   * Changes the principal's password and ends every other session of the account. A change and a
   * wrong current password are both audited.
   * @throws CurrentPasswordWrong | ValidationFailed if the new password equals the current one, or
   * is a common one and the principal is an admin; then nothing changes
   */
  async change(principal: Principal, change: PasswordChange): Promise<void> {
    const { id: accountId, sessionId } = principal;
    const { currentPassword, newPassword, priority } = change;
    const { passwordHash: known } = await this.confirm(
      principal,
      change,
      'password.change-refused',
    );
    if (newPassword === currentPassword) {
      const message = 'new_password must differ from the current one';
      throw new ValidationFailed([{ field: 'new_password', message }]);
    }
    if (principal.role === 'admin') {
      this.adminPasswords.assertUncommon('new_password', newPassword, principal.username);
    }
    const passwordHash = await this.passwords.hash(newPassword, priority);
    const changed = await this.transactions.run(async (tx) => {
      const updated = await tx.update(
        Account,
        { id: accountId, passwordHash: known },
        { passwordHash, updatedAt: this.clock.now() },
      );
      if (updated === 0) return false;
      await revokeLinks(tx, accountId, 'reset');
      await tx.sql`
        DELETE FROM sessions WHERE account_id = ${accountId} AND id <> ${sessionId}`;
      await this.audit(tx, principal, 'password.changed');
      return true;
    });
    // Another password change, or the rehash of a login, came first: check the password again.
    if (!changed) await this.change(principal, change);
  }

  /** Audits an action of the principal on their own account. */
  private audit(tx: Tx, principal: Principal, action: AuditedAction): Promise<void> {
    return recordAudit(tx, { at: this.clock.now(), by: principal, action, targetId: principal.id });
  }
}
