import type { FastifyReply } from 'fastify';
import { LIMIT_POLICIES, type LimitName } from './limit-policies.js';

/** How much of a limit is left for one account, address or token. */
export interface Quota {
  readonly limit: LimitName;
  readonly remaining: number;
  /** Whole seconds, at least one, until all of it is there again. */
  readonly resetSeconds: number;
  /** Whether more was asked for than there was. */
  readonly exceeded: boolean;
  /** Whether this was the first time in the window that it was exceeded. */
  readonly isFirst: boolean;
}

/** Tells the client what is left (draft-ietf-httpapi-ratelimit-headers-10). */
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
