import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { callerOf } from '../../platform/principal.js';
import { showQuotas } from '../../platform/rate-limits/quota.js';
import { Access } from './access.js';
import { bearerToken } from './bearer-token.js';
import { RoleForbidden } from '../errors.js';
import { LimitHits } from '../limits/rate-limit-auditor.js';
import { TokensService } from '../sessions/tokens.service.js';

/** Stands before every route of the program, and lets nobody pass whom the route does not name. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly tokens: TokensService,
    private readonly limits: LimitHits,
  ) {}

  /** @throws TokenMissing | TokenInvalid | TokenExpired | TokenRevoked | RateLimited | RoleForbidden */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const targets = [context.getHandler(), context.getClass()];
    const access = this.reflector.getAllAndOverride(Access, targets) ?? [];
    if (access === 'public') return true;

    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const holder = await this.tokens.verify(bearerToken(request.headers.authorization));
    const actor = { ...holder, ...callerOf(request) };
    request.actor = actor;
    // Not per account: a driver's second device is not slowed down by the first.
    const quotas = await this.limits.spend('requests-of-token', holder.sessionId, actor);
    showQuotas(http.getResponse<FastifyReply>(), quotas);
    if (!access.includes(holder.role)) throw new RoleForbidden(holder.role);
    return true;
  }
}
