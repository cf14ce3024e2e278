import { Injectable } from '@nestjs/common';
import pLimit from 'p-limit';
import type { Role } from '../../platform/principal.js';
import type { LimitedRequest } from '../../platform/rate-limits/limited-request.js';
import type { Quota } from '../../platform/rate-limits/quota.js';
import { RateLimited } from '../../platform/rate-limits/rate-limited.js';
import { RateLimits, type Consumption } from '../../platform/rate-limits/rate-limits.js';
import { Overloaded } from '../../platform/errors/coded-error.js';
import { AccountsService } from '../accounts/accounts.service.js';
import { CredentialsWrong, CurrentPasswordWrong } from '../errors.js';
import { RateLimitAuditor } from './rate-limit-auditor.js';
import { nameKey } from './name-key.js';
import { KeyedMutex } from './keyed-mutex.js';

/**
 * Attempts that are being checked at the same time. Each holds a point of its address until it is
 * known to be right, so they must be far fewer than an address has: or many who are right at once
 * would refuse each other.
 */
const MAX_CONCURRENT_CHECKS = 8;
/** Beyond this many waiting, an answer would come too late to be of use. */
const MAX_WAITING = 200;

export interface PasswordAttempt {
  readonly request: LimitedRequest;
  /** Of the login; the same name at the other login is another account. */
  readonly role: Role;
  /** As it was sent, whether there is such an account or not. */
  readonly username: string;
}

/** Lets an account and an address be wrong about a password only so often. */
@Injectable()
export class PasswordAttempts {
  private readonly concurrentChecks = pLimit(MAX_CONCURRENT_CHECKS);
  /** One at a time for each account, or those who are right would refuse each other there too. */
  private readonly accountMutex = new KeyedMutex();

  constructor(
    private readonly limits: RateLimits,
    private readonly auditor: RateLimitAuditor,
    private readonly accounts: AccountsService,
  ) {}

  /**
   * Runs the check, which costs the account and the address a point each where the password is wrong.
   * The points are consumed before it, so that many at once cannot all be tried.
   * @throws RateLimited without a check, where either has no point left; and what the check throws
   */
  async run<T>(attempt: PasswordAttempt, check: () => Promise<T>): Promise<T> {
    if (!this.limits.enabled) return check();
    // Whoever tries everyone does not wait among those who try one.
    await this.limits.assertAvailable('wrong-passwords-from-address', attempt.request.network);
    if (this.accountMutex.waiting >= MAX_WAITING) throw new Overloaded();
    const account = `${attempt.role}:${nameKey(attempt.username)}`;
    return this.accountMutex.runExclusive(account, async () => {
      await this.limits.assertAvailable('wrong-passwords-of-account', account);
      return this.concurrentChecks(() => this.runCheck(account, attempt, check));
    });
  }

  private async runCheck<T>(
    account: string,
    attempt: PasswordAttempt,
    check: () => Promise<T>,
  ): Promise<T> {
    const { request } = attempt;
    const consumed = await this.consume(account, request);
    const quotas = consumed.map(({ quota }) => quota);
    try {
      const result = await check();
      await refundAll(consumed);
      request.show(quotas.map((quota) => ({ ...quota, remaining: quota.remaining + 1 })));
      return result;
    } catch (error) {
      if (!isWrongPassword(error)) {
        await refundAll(consumed);
        throw error;
      }
      request.show(quotas);
      await this.reportExceeded(quotas, attempt);
      throw error;
    }
  }

  /** Of the last wrong password before the refusals. A name that is nobody's is not kept. */
  private async reportExceeded(
    quotas: readonly Quota[],
    { request, username }: PasswordAttempt,
  ): Promise<void> {
    for (const { limit } of quotas.filter(({ remaining }) => remaining === 0)) {
      const account = await this.accounts.findByName(username);
      await this.auditor.reportExceeded(limit, { ...request.client, username: account?.username });
    }
  }

  private async consume(
    account: string,
    { network }: LimitedRequest,
  ): Promise<readonly Consumption[]> {
    const consumed = [
      await this.limits.tryConsume('wrong-passwords-of-account', account),
      await this.limits.tryConsume('wrong-passwords-from-address', network),
    ];
    const exceeded = consumed.find(({ quota }) => quota.exceeded);
    if (!exceeded) return consumed;
    await refundAll(consumed);
    throw new RateLimited(exceeded.quota);
  }
}

async function refundAll(consumed: readonly Consumption[]): Promise<void> {
  await Promise.all(consumed.map((one) => one.refund()));
}

function isWrongPassword(error: unknown): boolean {
  return error instanceof CredentialsWrong || error instanceof CurrentPasswordWrong;
}
