import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isStreamRoute } from '../http/server/stream-route.js';
import type { Logger } from './logger.js';

/**
 * Logs one line per request: method, route (the pattern, so no id and no secret of a query string), status,
 * milliseconds, request id, the client's address and, with a valid token or key, the id of the account or
 * gate.
 */
export function logRequests(server: FastifyInstance, logger: Logger): void {
  const log = (request: FastifyRequest, reply: FastifyReply) => {
    const { method, id, ip, principal, gate } = request;
    const line = {
      method,
      route: request.routeOptions.url ?? 'none',
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime * 10) / 10,
      request_id: id,
      address: ip,
      ...(principal ? { user_id: principal.id } : {}),
      ...(gate ? { gate_id: gate.gateId } : {}),
    };
    // The cause of an internal error or an outage has a line of its own, at level `error`.
    logger[reply.statusCode >= 500 ? 'warn' : 'info'](line, 'request');
  };
  server.addHook('onRequest', (request, reply, done) => {
    // Fastify does not report the end of a response whose client has left.
    if (isStreamRoute(request)) reply.raw.once('close', () => log(request, reply));
    done();
  });
  server.addHook('onResponse', (request, reply, done) => {
    if (!isStreamRoute(request)) log(request, reply);
    done();
  });
}
