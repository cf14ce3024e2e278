import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyRequest } from 'fastify';

/** 100 KiB: the most that the contract takes. */
const BODY_LIMIT = 100 * 1024;
/** Longer than the longest legal path. */
const SANE_REQUEST_ID = /^[\w.:@/+=-]{1,128}$/;

/** The Fastify server with the contract's rules on ids, bodies and closing. */
export function createHttpServer(): FastifyAdapter {
  const adapter = new FastifyAdapter({
    bodyLimit: BODY_LIMIT,
    requestIdHeader: false,
    genReqId: ({ headers }: IncomingMessage) => {
      const id = headers['x-request-id'];
      return typeof id === 'string' && SANE_REQUEST_ID.test(id) ? id : randomUUID();
    },
    // What was accepted before the shutdown is answered, not refused.
    return503OnClosing: false,
  });
  const server = adapter.getInstance<FastifyInstance>();
  server.addHook('onRequest', async (request, reply) => {
    void reply.header('x-request-id', request.id);
    if (!hasBody(request)) delete request.headers['content-type'];
  });
  acceptOnlyJson(server);
  return adapter;
}

/** An empty body is no body, whatever content type came with it. */
function hasBody({ headers }: FastifyRequest): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

function acceptOnlyJson(server: FastifyInstance): void {
  const parse = server.getDefaultJsonParser('error', 'error');
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body.length === 0) done(null, undefined);
    else void parse(request, body.toString(), done);
  });
}
