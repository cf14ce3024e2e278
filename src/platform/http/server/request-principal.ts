import type { FastifyRequest } from 'fastify';
import type { ClientInfo, GatePrincipal, Principal } from '../../principal.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the guard after it verified the token. */
    principal?: Principal;
    /** Set by the guard instead, if a gate sent its key. */
    gate?: GatePrincipal;
  }
}

export function clientInfoOf({ ip, id, headers }: FastifyRequest): ClientInfo {
  return { address: ip, requestId: id, userAgent: headers['user-agent'] };
}
