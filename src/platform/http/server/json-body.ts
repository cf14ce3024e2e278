import { TextDecoder } from 'node:util';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { MalformedRequest, NotJson, ValidationFailed } from '../../errors/coded-error.js';

/** Maximum nesting, where the body itself is level 1: no code that walks it overflows the stack. */
const MAX_DEPTH = 5;
/** Maximum number of fields at the top level, so that validation takes less than a millisecond. */
const MAX_FIELDS = 100;
/** Maximum number of values that are neither an object nor an array, and of objects and arrays. */
const MAX_VALUES = 500;
/** Every JSON media type; only a body of `application/json` may contain fields. */
const ANY_JSON = /^(?:application|text)\/(?:[\w.-]+\+)?json\s*(?:;|$)/i;

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
    async ({ headers }: FastifyRequest, body: Buffer) => {
      if (body.length === 0) return undefined;
      // Clients that send no body may send null instead, with the media type of their API.
      if (ANY_JSON.test(headers['content-type'] ?? '') && body.toString().trim() === 'null') {
        return null;
      }
      throw new NotJson();
    },
  );
}

/** @throws MalformedRequest; its message omits the text, which may contain a password */
function parseJson(body: Buffer): unknown {
  if (isDeep(body)) {
    throw new MalformedRequest(`The request body is nested deeper than ${MAX_DEPTH} levels.`);
  }
  const value = parseUtf8(body);
  if (isObject(value)) assertBounded(value);
  return value;
}

function parseUtf8(body: Buffer): unknown {
  try {
    return JSON.parse(utf8.decode(body));
  } catch {
    throw new MalformedRequest('The request body is not valid JSON in UTF-8.');
  }
}

/** @throws ValidationFailed if validating the body could take long */
function assertBounded(body: object): void {
  if (!Array.isArray(body) && Object.keys(body).length > MAX_FIELDS) {
    throw bodyError(`The body must have at most ${MAX_FIELDS} fields`);
  }
  const count = { values: 0, containers: 0 };
  const open = [body];
  for (let next = open.pop(); next; next = open.pop()) {
    for (const value of Object.values(next) as unknown[]) {
      if (isObject(value)) open.push(value);
      count[isObject(value) ? 'containers' : 'values'] += 1;
      if (count.values > MAX_VALUES || count.containers > MAX_VALUES) {
        throw bodyError(`The body must have at most ${MAX_VALUES} values`);
      }
    }
  }
}

function bodyError(message: string): ValidationFailed {
  return new ValidationFailed([{ field: 'body', message }]);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

const [QUOTE, BACKSLASH] = [0x22, 0x5c];
const OPENING: ReadonlySet<number | undefined> = new Set([0x5b, 0x7b]);
const CLOSING: ReadonlySet<number | undefined> = new Set([0x5d, 0x7d]);

/** Counts brackets outside strings. In UTF-8 no byte of another character equals a bracket. */
function isDeep(body: Buffer): boolean {
  let depth = 0;
  let isText = false;
  for (let index = 0; index < body.length && depth <= MAX_DEPTH; index += 1) {
    const byte = body[index];
    if (byte === QUOTE) isText = !isText;
    else if (isText) index += byte === BACKSLASH ? 1 : 0;
    else if (OPENING.has(byte)) depth += 1;
    else if (CLOSING.has(byte)) depth -= 1;
  }
  return depth > MAX_DEPTH;
}
