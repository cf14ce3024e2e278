import { createHash, timingSafeEqual } from 'node:crypto';
import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { bearerToken } from '../auth/access/bearer-token.js';
import { TokenInvalid } from '../auth/errors.js';
import { Configuration } from '../platform/config/configuration.js';

/** Lets in whoever has the metrics' own token, and everyone where there is none. */
@Injectable()
export class MetricsGuard implements CanActivate {
  constructor(private readonly configuration: Configuration) {}

  /** @throws TokenMissing | TokenInvalid */
  canActivate(context: ExecutionContext): boolean {
    const { metricsToken } = this.configuration;
    if (metricsToken === undefined) return true;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const token = bearerToken(request.headers.authorization);
    // Digests are of one length, so that the time tells nothing of the token's either.
    if (!timingSafeEqual(digest(token), digest(metricsToken))) throw new TokenInvalid();
    return true;
  }
}

function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
