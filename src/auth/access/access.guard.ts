import { type ExecutionContext, Injectable, type Type } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AuthGuard } from '@nestjs/passport';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { setRateLimitHeaders } from '../../platform/http/server/rate-limit-headers.js';
import { clientInfoOf } from '../../platform/http/server/request-principal.js';
import type { VerifiedGate, VerifiedToken } from '../../platform/principal.js';
import { RoleForbidden, TokenInvalid } from '../errors.js';
import { RateLimitAuditor } from '../limits/rate-limit-auditor.js';
import { TokensService } from '../sessions/tokens.service.js';
import { Access, type AccessRule, type PrincipalKind } from './access.js';
import { type AuthenticationRequest, BEARER_TOKEN } from './bearer-token.strategy.js';
import { GATE_KEY } from './gate-key.strategy.js';
import { GateKeys } from './gate-keys.js';
import type { LimitName } from '../../platform/rate-limits/limit-policies.js';
import type { AuditActor } from '../../platform/audit/audit.js';

type Handler = ReturnType<ExecutionContext['getHandler']>;

/** The rate limit of the requests of each kind of principal. */
const REQUEST_LIMITS: Readonly<Record<PrincipalKind, LimitName>> = {
  admin: 'requests-of-account',
  user: 'requests-of-account',
  gate: 'events-of-gate',
};

interface Caller {
  readonly kind: PrincipalKind;
  readonly id: number;
  readonly actor: AuditActor;
}

/** Checks every request before its route: token, then rate limit, then role. Closed by default. */
@Injectable()
export class AccessGuard extends AuthGuard([BEARER_TOKEN, GATE_KEY]) {
  /**
   * The declared access, by controller and handler. Reading the metadata at each request costs 6 % of
   * the CPU time of the cached statistics.
   */
  private readonly access = new Map<Type, Map<Handler, AccessRule>>();

  constructor(
    private readonly reflector: Reflector,
    private readonly tokens: TokensService,
    private readonly gateKeys: GateKeys,
    private readonly limits: RateLimitAuditor,
  ) {
    super();
  }

  /** @throws TokenMissing | TokenInvalid | TokenExpired | TokenRevoked | RateLimited | RoleForbidden */
  override async canActivate(context: ExecutionContext): Promise<boolean> {
    const access = this.accessTo(context.getClass(), context.getHandler());
    if (access === 'public') return true;

    await super.canActivate(context);
    const http = context.switchToHttp();
    const { kind, id, actor } = callerOf(http.getRequest<FastifyRequest>());
    const quotas = await this.limits.consume(REQUEST_LIMITS[kind], String(id), actor);
    setRateLimitHeaders(http.getResponse<FastifyReply>(), quotas);
    if (!access.includes(kind)) throw new RoleForbidden(kind);
    return true;
  }

  /** Passport adds methods to the returned object, so it is a new object instead of the request. */
  override getRequest(context: ExecutionContext): AuthenticationRequest {
    const { headers } = context.switchToHttp().getRequest<FastifyRequest>();
    return {
      authorization: headers.authorization,
      tokens: this.tokens,
      gateKeys: this.gateKeys,
    };
  }

  /** Attaches the account or the gate to the request. @throws the strategy's error */
  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the signature of Passport's guard
  override handleRequest<User>(
    error: unknown,
    verified: unknown,
    _: unknown,
    context: ExecutionContext,
  ): User {
    if (error) throw error;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    // All properties are listed, because V8 adds properties that follow a spread in its slower
    // runtime (docs/performance.md).
    const { address, requestId, userAgent } = clientInfoOf(request);
    if (isGate(verified)) {
      const { gateId, keyDigest } = verified;
      request.gate = { address, requestId, userAgent, gateId, keyDigest };
    } else if (verified) {
      const { id, username, role, sessionId } = verified as VerifiedToken;
      request.principal = { address, requestId, userAgent, id, username, role, sessionId };
    }
    return verified as User;
  }

  private accessTo(controller: Type, handler: Handler): AccessRule {
    const handlers = this.access.get(controller) ?? new Map<Handler, AccessRule>();
    const known = handlers.get(handler);
    if (known) return known;
    const access = this.reflector.getAllAndOverride(Access, [handler, controller]) ?? [];
    this.access.set(controller, handlers.set(handler, access));
    return access;
  }
}

function isGate(verified: unknown): verified is VerifiedGate {
  return typeof verified === 'object' && verified !== null && 'gateId' in verified;
}

/** @throws TokenInvalid if a strategy let the request pass without a principal, as Passport allows */
function callerOf({ principal, gate }: FastifyRequest): Caller {
  if (gate) return { kind: 'gate', id: gate.gateId, actor: gate };
  if (!principal) throw new TokenInvalid();
  return { kind: principal.role, id: principal.id, actor: principal };
}
