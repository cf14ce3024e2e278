import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { clientInfoOf } from '../../platform/principal.js';
import { setRateLimitHeaders } from '../../platform/rate-limits/quota.js';
import { Access } from './access.js';
import { bearerToken } from './bearer-token.js';
import { RoleForbidden } from '../errors.js';
import { RateLimitAuditor } from '../limits/rate-limit-auditor.js';
import { TokensService } from '../sessions/tokens.service.js';

/** Stands before every route of the program, and lets nobody pass whom the route does not name. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly tokens: TokensService,
    private readonly limits: RateLimitAuditor,
  ) {}

  /** @throws TokenMissing | TokenInvalid | TokenExpired | TokenRevoked | RateLimited | RoleForbidden */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const targets = [context.getHandler(), context.getClass()];
    const access = this.reflector.getAllAndOverride(Access, targets) ?? [];
    if (access === 'public') return true;

    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const token = await this.tokens.verify(bearerToken(request.headers.authorization));
    const principal = { ...token, ...clientInfoOf(request) };
    request.principal = principal;
    // Not per account: a driver's second device is not slowed down by the first.
    const quotas = await this.limits.consume('requests-of-token', token.sessionId, principal);
    setRateLimitHeaders(http.getResponse<FastifyReply>(), quotas);
    if (!access.includes(token.role)) throw new RoleForbidden(token.role);
    return true;
  }
}
