import type { FastifyInstance } from 'fastify';
import { encodeCursor, Page, type SortKey } from '../../page.js';
import { SerializedPage } from '../fast-json/serialized-list.js';

/**
 * Sends a page as a bare JSON array, with a `Link` to the next one (RFC 8288) if more items follow.
 * It is a hook, because a global interceptor would make Nest send the response of every route
 * through RxJS; security-headers.ts states the gain.
 */
export function registerPageSerializer(server: FastifyInstance): void {
  server.addHook('preSerialization', (request, reply, payload, done) => {
    const isSerialized = payload instanceof SerializedPage;
    if (!isSerialized && !(payload instanceof Page)) return done(null, payload);
    if (payload.next) void reply.header('link', nextLink(request.url, payload.next));
    if (!isSerialized) return done(null, payload.items);
    // Bytes save Node from encoding the text; Fastify's type allows text only.
    reply.serializer((() => payload.json) as unknown as () => string);
    return done(null, payload);
  });
}

function nextLink(url: string, key: SortKey): string {
  // The query starts at the first "?"; a second one belongs to a value.
  const [path = ''] = url.split('?', 1);
  const parameters = new URLSearchParams(url.slice(path.length));
  parameters.set('cursor', encodeCursor(key));
  return `<${path}?${parameters.toString()}>; rel="next"`;
}
