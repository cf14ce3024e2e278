import { TextDecoder } from 'node:util';
import type { FastifyInstance } from 'fastify';
import { MalformedRequest, NotJson } from '../../errors/coded-error.js';

/**
 * The maximum nesting, so that no code that walks a body overflows the stack. Valid bodies are
 * flat.
 */
const MAX_DEPTH = 20;

/** Refuses bytes that are not UTF-8, which would be stored as different text. */
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Accepts only JSON in UTF-8. An empty body counts as no body, with any content type. */
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

/** @throws MalformedRequest; its message omits the text, which may contain a password */
function parseJson(body: Buffer): unknown {
  if (isDeep(body)) {
    throw new MalformedRequest(`The request body is nested deeper than ${MAX_DEPTH} levels.`);
  }
  try {
    return JSON.parse(utf8.decode(body));
  } catch {
    throw new MalformedRequest('The request body is not valid JSON in UTF-8.');
  }
}

/** Counts brackets outside strings. In UTF-8 no byte of another character equals a bracket. */
function isDeep(body: Buffer): boolean {
  let depth = 0;
  let isText = false;
  for (let index = 0; index < body.length && depth <= MAX_DEPTH; index += 1) {
    const character = String.fromCharCode(body[index] ?? 0);
    if (character === '"') isText = !isText;
    else if (isText) index += character === '\\' ? 1 : 0;
    else if (character === '{' || character === '[') depth += 1;
    else if (character === '}' || character === ']') depth -= 1;
  }
  return depth > MAX_DEPTH;
}
