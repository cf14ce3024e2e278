import { Injectable, Logger } from '@nestjs/common';
import { type AuditActor, recordAudit } from '../../platform/audit/audit.js';
import { Clock } from '../../platform/time/clock.js';
import { TransactionRunner } from '../../platform/database/transaction-runner.js';
import type { LimitName } from '../../platform/rate-limits/limit-policies.js';
import type { Quota } from '../../platform/rate-limits/quota.js';
import { RateLimited } from '../../platform/rate-limits/rate-limited.js';
import { type Consumption, RateLimits } from '../../platform/rate-limits/rate-limits.js';

/** Audits each rate limit that is exceeded, once per window. */
@Injectable()
export class RateLimitAuditor {
  private readonly logger = new Logger('Limits');

  constructor(
    private readonly limits: RateLimits,
    private readonly transactions: TransactionRunner,
    private readonly clock: Clock,
  ) {}

  /**
   * Consumes a point and audits the first refusal of a window. @throws RateLimited if none is left
   */
  async consume(limit: LimitName, key: string, by: AuditActor): Promise<Quota[]> {
    try {
      return await this.limits.consume(limit, key);
    } catch (error) {
      if (error instanceof RateLimited) return this.refuse(error.quota, by);
      throw error;
    }
  }

  /**
   * Consumes a point, which the caller may refund; undefined if rate limits are disabled. If no
   * point was left, the quota is exceeded, and the caller may {@link refuse} the request.
   */
  async tryConsume(limit: LimitName, key: string): Promise<Consumption | undefined> {
    return this.limits.enabled ? this.limits.tryConsume(limit, key) : undefined;
  }

  /** Audits the first refusal of a window. @throws RateLimited */
  async refuse(quota: Quota, by: AuditActor): Promise<never> {
    if (quota.isFirst) await this.reportExceeded(quota, by);
    throw new RateLimited(quota);
  }

  /** Never rejects: the request is refused even if the audit log cannot be written. */
  async reportExceeded({ limit, policy }: Quota, by: AuditActor): Promise<void> {
    const { points, seconds } = policy;
    const entry = {
      at: this.clock.now(),
      by,
      action: 'limit.hit',
      targetId: limit,
      after: { points, seconds },
    } as const;
    try {
      await this.transactions.run((tx) => recordAudit(tx, entry));
    } catch (error) {
      this.logger.error(error, `Cannot record in the audit log that ${limit} was exceeded`);
    }
  }
}
