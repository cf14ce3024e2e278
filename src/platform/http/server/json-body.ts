import { TextDecoder } from 'node:util';
import type { FastifyInstance } from 'fastify';
import { MalformedRequest, NotJson } from '../../errors/coded-error.js';

/** The contract's bodies are flat; whatever looks into a deeper one must not run out of stack. */
const MAX_DEPTH = 20;

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
  if (isDeep(body)) {
    throw new MalformedRequest(`The request body is nested deeper than ${MAX_DEPTH} levels.`);
  }
  try {
    return JSON.parse(utf8.decode(body));
  } catch {
    throw new MalformedRequest('The request body is not valid JSON in UTF-8.');
  }
}

/** Counts brackets outside of strings. In UTF-8 no byte of another character looks like one. */
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
