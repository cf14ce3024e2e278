import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Configuration, TrustedProxies } from '../../config/configuration.js';
import { handleClientError } from './client-error.js';
import { drainConnectionsOnClose } from './drain-connections.js';
import { acceptOnlyJson } from './json-body.js';
import { MAX_CONNECTIONS, HTTP_TIMEOUTS } from './http-timeouts.js';
import { decodableUrl } from './request-target.js';

/** The maximum size of a body: 100 KiB. */
const BODY_LIMIT = 100 * 1024;
/**
 * Longer than any request line that Node accepts, so that no parameter is too long for its route.
 */
const MAX_PARAMETER_LENGTH = 16 * 1024;
/** A media type of text that names no charset. GeoJSON and event streams are UTF-8 by definition. */
const TEXT =
  /^(?:text\/(?!event-stream)|application\/(?!geo\+)(?:\S+\+)?(?:json|javascript))[^;]*$/;
/** Request ids that are accepted from clients; no e-mail address, because the id is logged. */
const VALID_REQUEST_ID = /^[\w.:/+=-]{1,128}$/;

/** Creates the Fastify server with the rules on request ids, bodies and shutdown. */
export function createHttpServer({ trustedProxies }: Configuration): FastifyAdapter {
  const adapter = new FastifyAdapter({
    trustProxy: toTrustProxy(trustedProxies),
    bodyLimit: BODY_LIMIT,
    requestTimeout: HTTP_TIMEOUTS.request,
    connectionTimeout: HTTP_TIMEOUTS.idle,
    keepAliveTimeout: HTTP_TIMEOUTS.keepAlive,
    routerOptions: { maxParamLength: MAX_PARAMETER_LENGTH },
    rewriteUrl: ({ url = '/' }) => decodableUrl(url),
    clientErrorHandler: handleClientError,
    http: {
      headersTimeout: HTTP_TIMEOUTS.headers,
      connectionsCheckingInterval: HTTP_TIMEOUTS.check,
      // Node would refuse a request without a Host header and send no problem document;
      // request-target.ts sends one.
      requireHostHeader: false,
    },
    requestIdHeader: false,
    genReqId: ({ headers }: IncomingMessage) => {
      const id = headers['x-request-id'];
      return typeof id === 'string' && VALID_REQUEST_ID.test(id) ? id : randomUUID();
    },
    // Requests that were accepted before the shutdown get their response.
    return503OnClosing: false,
  });
  const server = adapter.getInstance<FastifyInstance>();
  server.server.maxConnections = MAX_CONNECTIONS;
  server.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id);
    if (!hasBody(request)) delete request.headers['content-type'];
    done();
  });
  server.addHook('onSend', (_request, reply, _payload, done) => {
    const type = reply.getHeader('content-type');
    if (typeof type === 'string' && TEXT.test(type)) {
      void reply.header('content-type', `${type}; charset=utf-8`);
    }
    done();
  });
  // An unknown `Expect` header may be ignored; Node would respond with a bare 417.
  server.server.on('checkExpectation', (request, response) => {
    server.server.emit('request', request, response);
  });
  acceptOnlyJson(server);
  drainConnectionsOnClose(server);
  return adapter;
}

/**
 * The client's address is the first address, counted from the program, that is not trusted. With a hop count,
 * the address of the connection is the first trusted hop.
 */
function toTrustProxy(proxies: TrustedProxies) {
  if (typeof proxies === 'number') return (_: string, hop: number) => hop < proxies;
  return proxies.length > 0 && [...proxies];
}

/** An empty body counts as no body, with any content type. */
function hasBody({ headers }: FastifyRequest): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}
