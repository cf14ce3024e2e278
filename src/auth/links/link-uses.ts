import { Injectable } from '@nestjs/common';
import type { LimitedRequest } from '../../platform/rate-limits/limited-request.js';
import { RateLimitAuditor } from '../limits/rate-limit-auditor.js';
import { Unsubscriptions } from './unsubscriptions.js';

/** Limits the uses of links: per account for links that end reminders, per client address for all others. */
@Injectable()
export class LinkUses {
  constructor(
    private readonly limits: RateLimitAuditor,
    private readonly unsubscriptions: Unsubscriptions,
  ) {}

  /** @throws RateLimited */
  async count({ client, network, reportQuotas }: LimitedRequest): Promise<void> {
    reportQuotas(await this.limits.consume('links-from-address', network, client));
  }

  /**
   * Counts a use of a link that ends reminders: per account if the link is valid, because the one-click
   * requests of many drivers come from the few addresses of their mail provider. @throws RateLimited
   */
  async countUnsubscribing(request: LimitedRequest, token: string): Promise<void> {
    const accountId = await this.unsubscriptions.findAccountId(token);
    if (accountId === undefined) return this.count(request);
    const key = String(accountId);
    const quotas = await this.limits.consume('unsubscribing-of-account', key, request.client);
    request.reportQuotas(quotas);
  }
}
