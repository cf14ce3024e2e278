import type { FastifyInstance } from 'fastify';
import { encodeCursor, Page, type SortKey } from './page.js';
import { joinRendered } from './rendered.js';

/**
 * Sends a Page as a bare JSON array, with a `Link` to the next one (RFC 8288) where more follows. As a
 * hook: a single interceptor for all routes has Nest send each answer of each route through RxJS.
 */
export function sendPages(server: FastifyInstance): void {
  server.addHook('preSerialization', (request, reply, answer, done) => {
    if (!(answer instanceof Page)) return done(null, answer);
    if (answer.next) void reply.header('link', nextLink(request.url, answer.next));
    const json = joinRendered(answer.items);
    if (json !== undefined) void reply.serializer(() => json);
    return done(null, answer.items);
  });
}

function nextLink(url: string, key: SortKey): string {
  // What follows the first "?" is the query; a second one belongs to a value.
  const [path = ''] = url.split('?', 1);
  const parameters = new URLSearchParams(url.slice(path.length));
  parameters.set('cursor', encodeCursor(key));
  return `<${path}?${parameters.toString()}>; rel="next"`;
}
