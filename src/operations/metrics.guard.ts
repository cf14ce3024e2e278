import { createHash, timingSafeEqual } from 'node:crypto';
import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import ipaddr from 'ipaddr.js';
import { bearerToken } from '../auth/access/bearer-token.js';
import { Configuration } from '../platform/config/configuration.js';
import { RouteNotFound } from '../platform/errors/coded-error.js';
import { MetricsTokenWrong } from './errors.js';

/** Headers by which a proxy states that another client sent the request. */
const FORWARDING_HEADERS = ['x-forwarded-for', 'forwarded', 'x-real-ip', 'via'];

/**
 * Requires `METRICS_TOKEN` as a bearer token. If none is configured, production allows clients on
 * this machine only, and other environments allow every client.
 */
@Injectable()
export class MetricsGuard implements CanActivate {
  constructor(private readonly configuration: Configuration) {}

  /** @throws TokenMissing | NoBearerToken | MetricsTokenWrong | RouteNotFound */
  canActivate(context: ExecutionContext): boolean {
    const { metricsToken, production } = this.configuration;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (metricsToken === undefined) {
      if (production && !this.isLocal(request)) throw new RouteNotFound('GET', '/metrics');
      return true;
    }
    const token = bearerToken(request.headers.authorization);
    // timingSafeEqual requires equal lengths. Digests have equal lengths, and hide the length of the token.
    if (!timingSafeEqual(digest(token), digest(metricsToken))) throw new MetricsTokenWrong();
    return true;
  }

  private isLocal({ ip, headers }: FastifyRequest): boolean {
    const { trustedProxies } = this.configuration;
    const trustsProxies = typeof trustedProxies === 'number' || trustedProxies.length > 0;
    // Without TRUST_PROXY, the address may belong to a proxy on this machine instead of the client.
    if (!trustsProxies && FORWARDING_HEADERS.some((name) => name in headers)) return false;
    return ipaddr.isValid(ip) && ipaddr.process(ip).range() === 'loopback';
  }
}

function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
