import { Injectable } from '@nestjs/common';
import { recordAudit } from '../../platform/audit/audit.js';
import { ReadDatabase } from '../../platform/database/read-database.js';
import { TransactionRunner } from '../../platform/database/transaction-runner.js';
import type { LimitedRequest } from '../../platform/rate-limits/limited-request.js';
import { canBeStored, caseFolded } from '../../platform/text.js';
import { Clock } from '../../platform/time/clock.js';
import { Account } from '../accounts/account.entity.js';
import { AdminPasswordRule } from '../passwords/admin-password-rule.js';
import { MailNotConfigured } from '../errors.js';
import { nameKey } from '../limits/name-key.js';
import { RateLimitAuditor } from '../limits/rate-limit-auditor.js';
import { Passwords } from '../passwords/passwords.js';
import { revokeLinks } from './account-links.js';
import { AccountMails } from './account-mails.js';
import { LinkUses } from './link-uses.js';
import { useLink } from './link-use.js';

/** Lets people who forgot their password set a new one. */
@Injectable()
export class PasswordLinks {
  constructor(
    private readonly database: ReadDatabase,
    private readonly transactions: TransactionRunner,
    private readonly limits: RateLimitAuditor,
    private readonly uses: LinkUses,
    private readonly mails: AccountMails,
    private readonly passwords: Passwords,
    private readonly adminPasswords: AdminPasswordRule,
    private readonly clock: Clock,
  ) {}

  /**
   * Mails a link to the driver with that address. If there is no such driver, does the same work and
   * counts against the same limits.
   * @throws MailNotConfigured | RateLimited
   */
  async request(request: LimitedRequest, email: string): Promise<void> {
    if (!this.mails.isConfigured) throw new MailNotConfigured();
    const { client, network } = request;
    const quotas = [
      ...(await this.limits.consume('password-links-from-address', network, client)),
      ...(await this.limits.consume('password-links-of-account', nameKey(email), client)),
    ];
    request.reportQuotas(quotas);
    const account = await this.findDriver(email);
    await this.transactions.run((tx) => this.mails.schedule(tx, account?.id ?? null, 'reset'));
  }

  /** Checks that the link can be used, without using it. @throws LinkGone */
  async check(token: string): Promise<void> {
    const link = { token, purpose: 'reset', now: this.clock.now() } as const;
    await this.transactions.run((tx) => useLink(tx, link));
  }

  /**
   * Sets the password, ends all sessions of the account and revokes its other links. A link that was
   * mailed (for a forgotten password, or as the welcome to a created account) also confirms the address,
   * because only its owner has it. A link that an operator got confirms nothing; for a created account,
   * it differs from the mailed one. A refused password does not use up the link.
   * @throws LinkGone | RateLimited | ValidationFailed | Overloaded
   */
  async reset(request: LimitedRequest, token: string, newPassword: string): Promise<void> {
    await this.uses.count(request);
    const { client } = request;
    const link = { token, purpose: 'reset', now: this.clock.now() } as const;
    const owner = await this.transactions.run((tx) => useLink(tx, link));
    const { role, username } = owner.account;
    if (role === 'admin') this.adminPasswords.assertUncommon('new_password', newPassword, username);
    const passwordHash = await this.passwords.hash(newPassword);
    await this.transactions.run(async (tx) => {
      const { account, isMailed } = await useLink(tx, link);
      const { id } = account;
      // The clock is read again, because logins may have succeeded while the password was hashed.
      const now = this.clock.now();
      const emailConfirmedAt = account.emailConfirmedAt ?? (isMailed ? now : null);
      await tx.update(Account, { id }, { passwordHash, emailConfirmedAt, updatedAt: now });
      await tx.sql`DELETE FROM sessions WHERE account_id = ${id}`;
      await revokeLinks(tx, id);
      const by = { ...client, id, username: account.username };
      await recordAudit(tx, { at: now, by, action: 'password.reset', targetId: id });
    });
  }

  private async findDriver(email: string): Promise<{ readonly id: number } | undefined> {
    if (!canBeStored(email)) return undefined;
    const [account] = await this.database.sql<{ id: number }[]>`
      SELECT id FROM accounts
      WHERE email_key = ${caseFolded(email)} AND role = 'user' AND disabled_at IS NULL`;
    return account;
  }
}
