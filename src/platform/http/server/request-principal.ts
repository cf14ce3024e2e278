import type { FastifyRequest } from 'fastify';
import type { ClientInfo, Principal } from '../../principal.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the guard after it verified the token. */
    principal?: Principal;
  }
}

export function clientInfoOf({ ip, id }: FastifyRequest): ClientInfo {
  return { address: ip, requestId: id };
}
