import { Injectable } from '@nestjs/common';
import type { LimitedRequest } from '../../platform/rate-limits/limited-request.js';
import type { Account } from '../accounts/account.entity.js';
import { AccountsService, type NewAccount } from '../accounts/accounts.service.js';
import { RateLimitAuditor } from './rate-limit-auditor.js';
import { nameKey } from './name-key.js';

/** Limits registrations per address and per user name. */
@Injectable()
export class Registrations {
  constructor(
    private readonly accounts: AccountsService,
    private readonly limits: RateLimitAuditor,
  ) {}

  /** @throws RateLimited | UsernameTaken | EmailTaken */
  async register(request: LimitedRequest, account: NewAccount): Promise<Account> {
    const { client, network } = request;
    const quotas = [
      ...(await this.limits.consume('registrations-from-address', network, client)),
      ...(await this.limits.consume('registrations-of-name', nameKey(account.username), client)),
    ];
    request.show(quotas);
    return this.accounts.create('user', account);
  }
}
