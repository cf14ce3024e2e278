import type { FastifyInstance } from 'fastify';

const PREFIX = '/api/public/';

/** Replaces the headers for `CORS_ORIGINS`, because pages of every origin may read public data. */
export const OPEN_CORS = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'ETag, Link, Retry-After, X-Request-Id',
  'access-control-allow-headers': 'If-None-Match, Last-Event-ID, X-Request-Id',
} as const;

/** Opens `/api/public` to pages of every origin, regardless of `CORS_ORIGINS`. */
export function openPublicRoutesToEveryOrigin(server: FastifyInstance): void {
  server.addHook('onSend', ({ url }, reply, _payload, done) => {
    if (url.startsWith(PREFIX)) {
      // The response is the same for every origin.
      void reply.headers(OPEN_CORS).removeHeader('vary');
    }
    done();
  });
}
