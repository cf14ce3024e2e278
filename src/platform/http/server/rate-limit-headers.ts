import type { FastifyReply } from 'fastify';
import type { Quota } from '../../rate-limits/quota.js';

/** Sets the RateLimit headers (draft-ietf-httpapi-ratelimit-headers-10). */
export function setRateLimitHeaders(reply: FastifyReply, quotas: readonly Quota[]): void {
  if (quotas.length === 0) return;
  const policies = quotas.map(
    ({ limit, policy: { points, seconds } }) => `"${limit}";q=${points};w=${seconds}`,
  );
  const states = quotas.map(
    ({ limit, remaining, resetSeconds }) => `"${limit}";r=${remaining};t=${resetSeconds}`,
  );
  void reply.header('ratelimit-policy', policies.join(', '));
  void reply.header('ratelimit', states.join(', '));
}
