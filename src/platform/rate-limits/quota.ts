import type { FastifyReply } from 'fastify';
import { LIMIT_POLICIES, type LimitName } from './limit-policies.js';

/** The remaining points of a rate limit for one account, address or token. */
export interface Quota {
  readonly limit: LimitName;
  readonly remaining: number;
  /** Whole seconds, at least one, until the window ends. */
  readonly resetSeconds: number;
  /** Whether more points were requested than remained. */
  readonly exceeded: boolean;
  /** Whether it was exceeded for the first time in the window. */
  readonly isFirst: boolean;
}

/** Sets the RateLimit headers (draft-ietf-httpapi-ratelimit-headers-10). */
export function setRateLimitHeaders(reply: FastifyReply, quotas: readonly Quota[]): void {
  if (quotas.length === 0) return;
  const policies = quotas.map(({ limit }) => {
    const { points, seconds } = LIMIT_POLICIES[limit];
    return `"${limit}";q=${points};w=${seconds}`;
  });
  const states = quotas.map(
    ({ limit, remaining, resetSeconds }) => `"${limit}";r=${remaining};t=${resetSeconds}`,
  );
  void reply.header('ratelimit-policy', policies.join(', '));
  void reply.header('ratelimit', states.join(', '));
}
