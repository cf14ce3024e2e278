import { Injectable } from '@nestjs/common';
import type { LimitedRequest } from '../../platform/rate-limits/limited-request.js';
import type { Account } from '../accounts/account.entity.js';
import { AccountsService, type NewAccount } from '../accounts/accounts.service.js';
import { recordAudit } from '../../platform/audit/audit.js';
import { AccountMails } from '../links/account-mails.js';
import { RateLimitAuditor } from './rate-limit-auditor.js';
import { nameKey } from './name-key.js';

/** Registers drivers: limits them per address and per username, audits them, and mails a confirmation link. */
@Injectable()
export class Registrations {
  constructor(
    private readonly accounts: AccountsService,
    private readonly limits: RateLimitAuditor,
    private readonly mails: AccountMails,
  ) {}

  /** @throws RateLimited | UsernameTaken | EmailTaken */
  async register(request: LimitedRequest, account: NewAccount): Promise<Account> {
    const { client, network } = request;
    const quotas = [
      ...(await this.limits.consume('registrations-from-address', network, client)),
      ...(await this.limits.consume('registrations-of-name', nameKey(account.username), client)),
    ];
    request.reportQuotas(quotas);
    return this.accounts.create('user', account, async (tx, { id, username, createdAt }) => {
      const by = { ...client, id, username };
      await recordAudit(tx, { at: createdAt, by, action: 'account.registered', targetId: id });
      await this.mails.schedule(tx, id, 'confirm');
    });
  }
}
