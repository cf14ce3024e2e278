import { Injectable } from '@nestjs/common';
import pLimit from 'p-limit';
import type { Role } from '../../platform/principal.js';
import type { LimitedRequest } from '../../platform/rate-limits/limited-request.js';
import type { LimitName } from '../../platform/rate-limits/limit-policies.js';
import type { Quota } from '../../platform/rate-limits/quota.js';
import { RateLimited } from '../../platform/rate-limits/rate-limited.js';
import { RateLimits, type Consumption } from '../../platform/rate-limits/rate-limits.js';
import { Overloaded } from '../../platform/errors/coded-error.js';
import { AccountsService } from '../accounts/accounts.service.js';
import { CredentialsWrong, CurrentPasswordWrong } from '../errors.js';
import type { PasswordPriority } from '../passwords/passwords.js';
import { KnownNetworks } from '../sessions/known-networks.js';
import { RateLimitAuditor } from './rate-limit-auditor.js';
import { nameKey } from './name-key.js';
import { KeyedMutex } from './keyed-mutex.js';

/**
 * Maximum number of concurrent checks. Each check consumes a point of its address's limit, which is
 * refunded only when the password proves correct. The number must be far below that limit, so that
 * concurrent correct logins do not use up each other's points.
 */
const MAX_CONCURRENT_CHECKS = 8;
/** Maximum number of waiting attempts; beyond it, a response would come too late to be useful. */
const MAX_WAITING = 200;

export interface PasswordAttempt {
  readonly request: LimitedRequest;
  /** The role of the login route. The same name on the other route is counted separately. */
  readonly role: Role;
  /** The name as it was sent, known or not. */
  readonly username: string;
  /** The session that the request is authenticated with. Undefined at a login. */
  readonly sessionId?: string;
}

/** An owner's attempt comes from a network of an earlier login, or has a session. */
const PRIORITIES = {
  user: { stranger: 0, owner: 1 },
  admin: { stranger: 2, owner: 3 },
} as const satisfies Record<Role, Record<string, PasswordPriority>>;

/** Attempts of one priority. */
interface Lane {
  readonly concurrentChecks: ReturnType<typeof pLimit>;
  /** Runs attempts with one key sequentially, so that correct ones do not use up the key's points. */
  readonly mutex: KeyedMutex;
}

/** The limits that an attempt counts against, and its place in the queue. */
interface Scope {
  readonly priority: PasswordPriority;
  /** The account, and the network or session whose attempts are counted apart from all others. */
  readonly key: string;
  /** The limits that a wrong password counts against, each with its key. */
  readonly limits: readonly (readonly [LimitName, string])[];
  /** The key for the limit of correct logins; undefined for an attempt with a session. */
  readonly loginKey: string | undefined;
}

/**
 * Limits wrong passwords per account and per address, and correct logins per account. The attempts
 * from a network from which the account has logged in before are counted apart, as are those with a
 * session, so that a stranger's attempts never block the owner (docs/decisions/rate-limits.md).
 */
@Injectable()
export class PasswordAttempts {
  private readonly lanes: Readonly<Record<PasswordPriority, Lane>> = {
    0: newLane(),
    1: newLane(),
    2: newLane(),
    3: newLane(),
  };

  constructor(
    private readonly limits: RateLimits,
    private readonly auditor: RateLimitAuditor,
    private readonly accounts: AccountsService,
    private readonly networks: KnownNetworks,
  ) {}

  /**
   * Runs the check, and passes to it the priority of its hashes. A wrong password costs a point of
   * each limit; the points are consumed before the check, so that concurrent attempts cannot exceed
   * the limits.
   * @throws RateLimited | Overloaded without running the check; and the check's error
   */
  async run<T>(
    attempt: PasswordAttempt,
    check: (priority: PasswordPriority) => Promise<T>,
  ): Promise<T> {
    const scope = await this.scopeOf(attempt);
    if (!this.limits.enabled) return check(scope.priority);
    // Check the limits first, so that a password-spraying client cannot fill the queues.
    await this.assertAvailable(scope);
    this.assertShortQueue(scope);
    const { mutex, concurrentChecks } = this.lanes[scope.priority];
    return mutex.runExclusive(scope.key, async () => {
      await this.assertAvailable(scope);
      return concurrentChecks(() => this.runCheck(scope, attempt, check));
    });
  }

  private async scopeOf(attempt: PasswordAttempt): Promise<Scope> {
    const { role, username, sessionId, request } = attempt;
    const account = `${role}:${nameKey(username)}`;
    const priority = PRIORITIES[role];
    if (sessionId !== undefined) {
      const key = `${account}#${sessionId}`;
      const limits = [['wrong-passwords-of-account', key]] as const;
      return { priority: priority.owner, key, limits, loginKey: undefined };
    }
    const ofOwner = { priority: priority.owner, key: `${account}@${request.network}` };
    // Checked before the database is read, so that a flood from a known network costs little.
    this.assertShortQueue(ofOwner);
    const isKnown = await this.networks.isKnown({ role, username }, request.network);
    const queue = isKnown ? ofOwner : { priority: priority.stranger, key: account };
    return {
      ...queue,
      limits: [
        ['wrong-passwords-of-account', queue.key],
        ['wrong-passwords-from-address', request.network],
      ],
      loginKey: account,
    };
  }

  /** @throws RateLimited if a limit has no point left */
  private async assertAvailable({ limits, loginKey }: Scope): Promise<void> {
    for (const limit of limits) await this.limits.assertAvailable(...limit);
    if (loginKey) await this.limits.assertAvailable('logins-of-account', loginKey);
  }

  /** @throws RateLimited | Overloaded if too many attempts are waiting */
  private assertShortQueue({ priority, key }: Pick<Scope, 'priority' | 'key'>): void {
    const { mutex } = this.lanes[priority];
    if (mutex.waiting >= MAX_WAITING) throw new Overloaded();
    this.limits.assertWithin('waiting-logins-of-account', mutex.waitingFor(key));
  }

  private async runCheck<T>(
    { priority, limits, loginKey }: Scope,
    attempt: PasswordAttempt,
    check: (priority: PasswordPriority) => Promise<T>,
  ): Promise<T> {
    const { request } = attempt;
    const consumed = await this.consume(limits);
    const quotas = consumed.map(({ quota }) => quota);
    try {
      const result = await check(priority);
      await refundAll(consumed);
      if (loginKey) await this.limits.tryConsume('logins-of-account', loginKey);
      request.reportQuotas(quotas.map((quota) => ({ ...quota, remaining: quota.remaining + 1 })));
      return result;
    } catch (error) {
      if (!isWrongPassword(error)) {
        await refundAll(consumed);
        throw error;
      }
      request.reportQuotas(quotas);
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
    for (const quota of quotas.filter(({ remaining }) => remaining === 0)) {
      const account = await this.accounts.findByName(username);
      await this.auditor.reportExceeded(quota, { ...request.client, username: account?.username });
    }
  }

  private async consume(limits: Scope['limits']): Promise<readonly Consumption[]> {
    const consumed: Consumption[] = [];
    for (const limit of limits) consumed.push(await this.limits.tryConsume(...limit));
    const exceeded = consumed.find(({ quota }) => quota.exceeded);
    if (!exceeded) return consumed;
    await refundAll(consumed);
    throw new RateLimited(exceeded.quota);
  }
}

function newLane(): Lane {
  return { concurrentChecks: pLimit(MAX_CONCURRENT_CHECKS), mutex: new KeyedMutex() };
}

async function refundAll(consumed: readonly Consumption[]): Promise<void> {
  await Promise.all(consumed.map((one) => one.refund()));
}

function isWrongPassword(error: unknown): boolean {
  return error instanceof CredentialsWrong || error instanceof CurrentPasswordWrong;
}
