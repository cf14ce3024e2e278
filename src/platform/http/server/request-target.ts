import type { FastifyInstance, FastifyRequest } from 'fastify';
import { MalformedRequest } from '../../errors/coded-error.js';

/**
 * Rewrites undecodable or malformed URLs to a path that matches no route. Fastify's router would
 * otherwise respond itself, without hooks or a request id.
 */
export function decodableUrl(url: string): string {
  const [path = ''] = url.split('?');
  try {
    decodeURIComponent(path);
    return /^(?:https?:\/\/[^/]+)?\//.test(path) ? url : '/';
  } catch {
    return url.replaceAll('%', '%25');
  }
}

/**
 * Refuses requests without a valid URL or host, which Node and Fastify accept. Call it after all other
 * request hooks are registered, so that the error response has the headers that they set.
 */
export function refuseMalformedTargets(server: FastifyInstance): void {
  server.addHook('preParsing', (request, _reply, _payload, done) => {
    done(findRequestError(request));
  });
}

function findRequestError({
  url,
  originalUrl,
  headers,
  raw,
}: FastifyRequest): MalformedRequest | undefined {
  if (url !== originalUrl) {
    return new MalformedRequest(
      'The URL has no path, or contains a % without a valid escape sequence.',
    );
  }
  if (headers.host === undefined && raw.httpVersion !== '1.0') {
    return new MalformedRequest('The request has no Host header.');
  }
  return undefined;
}
