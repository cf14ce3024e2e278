import { createHash, timingSafeEqual } from 'node:crypto';
import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { bearerToken } from '../auth/access/bearer-token.js';
import { TokenInvalid } from '../auth/errors.js';
import { Configuration } from '../platform/config/configuration.js';

/** Requires `METRICS_TOKEN` as a bearer token; allows every client if none is configured. */
@Injectable()
export class MetricsGuard implements CanActivate {
  constructor(private readonly configuration: Configuration) {}

  /** @throws TokenMissing | TokenInvalid */
  canActivate(context: ExecutionContext): boolean {
    const { metricsToken } = this.configuration;
    if (metricsToken === undefined) return true;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const token = bearerToken(request.headers.authorization);
    // timingSafeEqual needs equal lengths; digests do not reveal the token's.
    if (!timingSafeEqual(digest(token), digest(metricsToken))) throw new TokenInvalid();
    return true;
  }
}

function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
