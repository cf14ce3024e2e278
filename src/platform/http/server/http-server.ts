import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Configuration, TrustedProxies } from '../../config/configuration.js';
import { MalformedRequest } from '../../errors/coded-error.js';
import { handleClientError } from './client-error.js';
import { drainConnectionsOnClose } from './drain-connections.js';
import { acceptOnlyJson } from './json-body.js';
import { MAX_CONNECTIONS, HTTP_TIMEOUTS } from './http-timeouts.js';

/** 100 KiB: the most that the contract takes. */
const BODY_LIMIT = 100 * 1024;
/** Longer than any request line that Node reads, so that no parameter is too long for its route. */
const MAX_PARAMETER_LENGTH = 16 * 1024;
/** Longer than the longest legal path. */
const SANE_REQUEST_ID = /^[\w.:@/+=-]{1,128}$/;

/** The Fastify server with the contract's rules on ids, bodies and closing. */
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
      // Node would refuse that by itself, without a problem document; the hook below does.
      requireHostHeader: false,
    },
    requestIdHeader: false,
    genReqId: ({ headers }: IncomingMessage) => {
      const id = headers['x-request-id'];
      return typeof id === 'string' && SANE_REQUEST_ID.test(id) ? id : randomUUID();
    },
    // What was accepted before the shutdown is answered, not refused.
    return503OnClosing: false,
  });
  const server = adapter.getInstance<FastifyInstance>();
  server.server.maxConnections = MAX_CONNECTIONS;
  // Hooks of every request call back instead of promising, which Fastify is quicker with.
  server.addHook('onRequest', (request, _reply, done) => {
    if (!hasBody(request)) delete request.headers['content-type'];
    done();
  });
  // After every hook on receiving, so that this answer has the headers of all others.
  server.addHook('preParsing', (request, _reply, _payload, done) => {
    done(findRequestError(request));
  });
  // On sending, since an answer to a preflight comes before any hook of ours on receiving.
  server.addHook('onSend', (request, reply, _payload, done) => {
    void reply.header('x-request-id', request.id);
    done();
  });
  // An expectation that nobody knows may be ignored; Node would answer 417, and nothing else.
  server.server.on('checkExpectation', (request, response) => {
    server.server.emit('request', request, response);
  });
  acceptOnlyJson(server);
  drainConnectionsOnClose(server);
  return adapter;
}

/**
 * Going from here towards the client, the first address that is not trusted is the client's. A number
 * of hops trusts whoever connects to be the nearest proxy.
 */
function toTrustProxy(proxies: TrustedProxies) {
  if (typeof proxies === 'number') return (_: string, hop: number) => hop < proxies;
  return proxies.length > 0 && [...proxies];
}

/** What makes the request unreadable, of all that Node and Fastify let through. */
function findRequestError({
  url,
  originalUrl,
  headers,
  raw,
}: FastifyRequest): MalformedRequest | undefined {
  if (url !== originalUrl) {
    return new MalformedRequest('The address is no path, or has a % that begins no valid escape.');
  }
  if (headers.host === undefined && raw.httpVersion !== '1.0') {
    return new MalformedRequest('The request names no host.');
  }
  return undefined;
}

/** An empty body is no body, whatever content type came with it. */
function hasBody({ headers }: FastifyRequest): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/**
 * The URL; a path that is other than what was sent where that cannot be decoded, or is neither a path
 * nor a whole address: Fastify's router would answer that by itself, past all hooks and without a
 * request id.
 */
function decodableUrl(url: string): string {
  const [path = ''] = url.split('?');
  try {
    decodeURIComponent(path);
    return /^(?:https?:\/\/[^/]+)?\//.test(path) ? url : '/';
  } catch {
    return url.replaceAll('%', '%25');
  }
}
