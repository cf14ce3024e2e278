import { Injectable } from '@nestjs/common';
import type { LimitedRequest } from '../../platform/rate-limits/limited-request.js';
import { RateLimitAuditor } from '../limits/rate-limit-auditor.js';

/** Limits the uses of links per address. */
@Injectable()
export class LinkUses {
  constructor(private readonly limits: RateLimitAuditor) {}

  /** @throws RateLimited */
  async count({ client, network, show }: LimitedRequest): Promise<void> {
    show(await this.limits.consume('links-from-address', network, client));
  }
}
