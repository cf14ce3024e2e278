import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { clientNetwork } from '../platform/rate-limits/client-network.js';
import { RateLimits } from '../platform/rate-limits/rate-limits.js';

/** Limits the requests per address, because public routes need no account. */
@Injectable()
export class PublicRequestGuard implements CanActivate {
  constructor(private readonly limits: RateLimits) {}

  /** @throws RateLimited */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const { ip } = context.switchToHttp().getRequest<FastifyRequest>();
    // The remaining quota is not sent, because a cache may give the same response to others.
    await this.limits.consume('public-requests-from-address', clientNetwork(ip));
    return true;
  }
}
