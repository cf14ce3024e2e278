import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { clientNetwork } from '../platform/rate-limits/client-network.js';
import { RateLimits } from '../platform/rate-limits/rate-limits.js';

/** Counts the requests of each address, which need no account. */
@Injectable()
export class PublicRequestGuard implements CanActivate {
  constructor(private readonly limits: RateLimits) {}

  /** @throws RateLimited */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const { ip } = context.switchToHttp().getRequest<FastifyRequest>();
    // The rest of the quota is not shown: others get the same response from a cache.
    await this.limits.consume('public-requests-from-address', clientNetwork(ip));
    return true;
  }
}
