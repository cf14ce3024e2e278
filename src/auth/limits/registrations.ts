import { Injectable } from '@nestjs/common';
import type { LimitedRequest } from '../../common/limits/limited-request.js';
import { RateLimits } from '../../common/limits/rate-limits.js';
import type { Account } from '../account.entity.js';
import { AccountsService, type NewAccount } from '../accounts.service.js';
import { nameKey } from './name-key.js';

/** Lets drivers register, from one address and under one name only so often. */
@Injectable()
export class Registrations {
  constructor(
    private readonly accounts: AccountsService,
    private readonly limits: RateLimits,
  ) {}

  /** @throws RateLimited | UsernameTaken | EmailTaken */
  async register(request: LimitedRequest, account: NewAccount): Promise<Account> {
    const quotas = await this.limits.spend('registrations-from-address', request.network);
    quotas.push(...(await this.limits.spend('registrations-of-name', nameKey(account.username))));
    request.show(quotas);
    return this.accounts.create('user', account);
  }
}
