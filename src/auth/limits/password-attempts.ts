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
 * Maximum number of concurrent checks. Each holds a point of its address until the password turns
 * out to be right, so the number must be far below the address's limit: otherwise many correct
 * logins at once would refuse each other.
 */
const MAX_CONCURRENT_CHECKS = 8;
/** Maximum number of waiting attempts; beyond it, a response would come too late to be useful. */
const MAX_WAITING = 200;

export interface PasswordAttempt {
  readonly request: LimitedRequest;
  /** The role of the login route; the same name at the other route is another account. */
  readonly role: Role;
  /** The name as it was sent, known or not. */
  readonly username: string;
}

/** Limits wrong passwords per account and per address. */
@Injectable()
export class PasswordAttempts {
  private readonly concurrentChecks = pLimit(MAX_CONCURRENT_CHECKS);
  /** Runs attempts for one account sequentially, so that correct ones do not use up its points. */
  private readonly accountMutex = new KeyedMutex();

  constructor(
    private readonly limits: RateLimits,
    private readonly auditor: RateLimitAuditor,
    private readonly accounts: AccountsService,
  ) {}

  /**
   * Runs the check. A wrong password costs the account and the address a point each; the points are
   * consumed before the check, so that concurrent attempts cannot exceed the limit.
   * @throws RateLimited without running the check if either has no points left; and the check's
   * error
   */
  async run<T>(attempt: PasswordAttempt, check: () => Promise<T>): Promise<T> {
    if (!this.limits.enabled) return check();
    // Check the address first, so that a password-spraying client cannot fill the per-account
    // queues.
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

  /**
   * Reports a limit when its last point is consumed. The name of an unknown account is not stored.
   */
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
