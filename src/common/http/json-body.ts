import { TextDecoder } from 'node:util';
import type { FastifyInstance } from 'fastify';
import { MalformedRequest, NotJson } from '../problems/coded-error.js';

/** Refuses bytes that are not UTF-8, which would be stored as something else than what was sent. */
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Bodies are JSON in UTF-8; an empty one is none, whatever its content type. */
export function acceptOnlyJson(server: FastifyInstance): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser<Buffer>(
    'application/json',
    { parseAs: 'buffer' },
    async (_: unknown, body: Buffer) => (body.length === 0 ? undefined : parseJson(body)),
  );
  server.addContentTypeParser<Buffer>(
    '*',
    { parseAs: 'buffer' },
    async (_: unknown, body: Buffer) => {
      if (body.length > 0) throw new NotJson();
    },
  );
}

/** @throws MalformedRequest, without the text, which may hold a password. */
function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(utf8.decode(body));
  } catch {
    throw new MalformedRequest('The request body is not valid JSON in UTF-8.');
  }
}
