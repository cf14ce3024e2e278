import { Injectable } from '@nestjs/common';
import { recordAudit } from '../../platform/audit/audit.js';
import { TransactionRunner } from '../../platform/database/transaction-runner.js';
import type { ClientInfo } from '../../platform/principal.js';
import { Clock } from '../../platform/time/clock.js';
import { Account } from '../accounts/account.entity.js';
import { revokeLinks } from './account-links.js';
import { AccountMails } from './account-mails.js';
import { useLink } from './link-use.js';

/** Confirms e-mail addresses by the link that was mailed to them. */
@Injectable()
export class EmailConfirmations {
  constructor(
    private readonly transactions: TransactionRunner,
    private readonly mails: AccountMails,
    private readonly clock: Clock,
  ) {}

  /**
   * Mails a link to a driver whose address is unconfirmed and who has no valid link, for instance because
   * no mail server was configured at the registration. Called at each login; only an unconfirmed address
   * costs a query.
   */
  async mailMissingLink(account: Account): Promise<void> {
    const { id, role, emailConfirmedAt } = account;
    if (emailConfirmedAt !== null || role !== 'user' || !this.mails.isConfigured) return;
    const now = this.clock.now().getTime();
    await this.transactions.run(async (tx) => {
      const links = await tx.sql`
        SELECT digest FROM account_links
        WHERE account_id = ${id} AND purpose = 'confirm' AND expires_at > ${now} LIMIT 1`;
      if (links.length === 0) await this.mails.schedule(tx, id, 'confirm');
    });
  }

  /** Checks that the link can be used, without using it. @throws LinkGone */
  async check(token: string): Promise<void> {
    const link = { token, purpose: 'confirm', now: this.clock.now() } as const;
    await this.transactions.run((tx) => useLink(tx, link));
  }

  /** @throws LinkGone */
  async confirm(token: string, client: ClientInfo): Promise<void> {
    const now = this.clock.now();
    await this.transactions.run(async (tx) => {
      const { account } = await useLink(tx, { token, purpose: 'confirm', now });
      const { id, username } = account;
      await tx.update(Account, { id }, { emailConfirmedAt: now, updatedAt: now });
      await revokeLinks(tx, id, 'confirm');
      const by = { ...client, id, username };
      await recordAudit(tx, { at: now, by, action: 'email.confirmed', targetId: id });
    });
  }
}
