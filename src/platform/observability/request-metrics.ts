import type { FastifyInstance } from 'fastify';
import { isStreamRoute } from '../http/server/stream-route.js';
import type { Metrics } from './metrics.js';

/**
 * Measures every request; those without a route count as one route. A stream is not measured, because
 * its client determines how long it lasts.
 */
export function measureRequests(server: FastifyInstance, metrics: Metrics): void {
  server.addHook('onResponse', (request, reply, done) => {
    if (!isStreamRoute(request) || reply.statusCode !== 200) {
      metrics.observeRequest({
        method: request.method,
        route: request.routeOptions.url ?? 'none',
        status: reply.statusCode,
        seconds: reply.elapsedTime / 1000,
      });
    }
    done();
  });
}
