import type { FastifyInstance } from 'fastify';
import type { Logger } from './logger.js';

/**
 * Logs one line per request: method, route (the pattern, so no id and no secret of a query string),
 * status, milliseconds, request id, the client's address and, with a valid token, the account's id.
 */
export function logRequests(server: FastifyInstance, logger: Logger): void {
  server.addHook('onResponse', (request, reply, done) => {
    const { method, id, ip, principal } = request;
    const line = {
      method,
      route: request.routeOptions.url ?? 'none',
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime * 10) / 10,
      request_id: id,
      address: ip,
      ...(principal ? { user_id: principal.id } : {}),
    };
    logger[reply.statusCode >= 500 ? 'error' : 'info'](line, 'request');
    done();
  });
}
