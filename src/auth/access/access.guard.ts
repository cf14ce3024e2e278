import { type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AuthGuard } from '@nestjs/passport';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { setRateLimitHeaders } from '../../platform/http/server/rate-limit-headers.js';
import { clientInfoOf } from '../../platform/http/server/request-principal.js';
import type { VerifiedToken } from '../../platform/principal.js';
import { RoleForbidden, TokenInvalid } from '../errors.js';
import { RateLimitAuditor } from '../limits/rate-limit-auditor.js';
import { TokensService } from '../sessions/tokens.service.js';
import { Access } from './access.js';
import {
  type AuthenticationRequest,
  BEARER_TOKEN,
  type BearerTokenOptions,
} from './bearer-token.strategy.js';

/** Checks every request before its route: token, then rate limit, then role. Closed by default. */
@Injectable()
export class AccessGuard extends AuthGuard(BEARER_TOKEN) {
  constructor(
    private readonly reflector: Reflector,
    private readonly tokens: TokensService,
    private readonly limits: RateLimitAuditor,
  ) {
    super();
  }

  /** @throws TokenMissing | TokenInvalid | TokenExpired | TokenRevoked | RateLimited | RoleForbidden */
  override async canActivate(context: ExecutionContext): Promise<boolean> {
    const targets = [context.getHandler(), context.getClass()];
    const access = this.reflector.getAllAndOverride(Access, targets) ?? [];
    if (access === 'public') return true;

    await super.canActivate(context);
    const http = context.switchToHttp();
    const { principal } = http.getRequest<FastifyRequest>();
    // Passport lets a request pass without a user if a strategy calls pass().
    if (!principal) throw new TokenInvalid();
    const quotas = await this.limits.consume(
      'requests-of-account',
      String(principal.id),
      principal,
    );
    setRateLimitHeaders(http.getResponse<FastifyReply>(), quotas);
    if (!access.includes(principal.role)) throw new RoleForbidden(principal.role);
    return true;
  }

  override getAuthenticateOptions(): BearerTokenOptions & { readonly session: false } {
    return { session: false, tokens: this.tokens };
  }

  /** An object of its own, because Passport adds its methods to it. */
  override getRequest(context: ExecutionContext): AuthenticationRequest {
    const { headers } = context.switchToHttp().getRequest<FastifyRequest>();
    return { authorization: headers.authorization };
  }

  /** Keeps the principal with the request. @throws the strategy's error */
  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- as Passport's guard has it
  override handleRequest<User>(
    error: unknown,
    token: unknown,
    _: unknown,
    context: ExecutionContext,
  ): User {
    if (error) throw error;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (token) request.principal = { ...(token as VerifiedToken), ...clientInfoOf(request) };
    return token as User;
  }
}
