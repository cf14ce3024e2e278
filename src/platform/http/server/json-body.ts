import { TextDecoder } from 'node:util';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { MalformedRequest, NotJson, ValidationFailed } from '../../errors/coded-error.js';

/** Maximum nesting (the body itself is level 1), so that traversing a body cannot overflow the stack. */
const MAX_DEPTH = 5;
/** Maximum number of fields at the top level, so that validation takes less than a millisecond. */
const MAX_FIELDS = 100;
/** Maximum number of objects and arrays together, and also of all other values together. */
const MAX_VALUES = 500;
/** Every JSON media type; only a body of `application/json` may contain fields. */
const ANY_JSON = /^(?:application|text)\/(?:[\w.-]+\+)?json\s*(?:;|$)/i;

/** The pages that send a form. */
export const FORM_PAGES: readonly string[] = ['/reset-password', '/confirm', '/unsubscribe'];
/** The page to which mail programs send a form on their own (RFC 8058), also as `multipart/form-data`. */
const ONE_CLICK_PAGE = '/unsubscribe';
/** Maximum size of a form: a password of 128 characters, encoded, and a token. */
const FORM_LIMIT = 8 * 1024;

/** Refuses bytes that are not UTF-8, which would be stored as different text. */
const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Accepts only JSON in UTF-8, and forms from {@link FORM_PAGES}. An empty body counts as no body, with any
 * content type.
 */
export function acceptOnlyJson(server: FastifyInstance): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser<Buffer>(
    'application/json',
    { parseAs: 'buffer' },
    async (_: unknown, body: Buffer) => (body.length === 0 ? undefined : parseJson(body)),
  );
  server.addContentTypeParser<Buffer>(
    'application/x-www-form-urlencoded',
    { parseAs: 'buffer', bodyLimit: FORM_LIMIT },
    async ({ routeOptions: { url = '' } }: FastifyRequest, body: Buffer) => {
      if (body.length === 0) return undefined;
      if (!FORM_PAGES.includes(url)) throw new NotJson();
      return Object.fromEntries(new URLSearchParams(body.toString()));
    },
  );
  server.addContentTypeParser<Buffer>(
    'multipart/form-data',
    { parseAs: 'buffer', bodyLimit: FORM_LIMIT },
    async ({ routeOptions: { url } }: FastifyRequest, body: Buffer) => {
      if (body.length > 0 && url !== ONE_CLICK_PAGE) throw new NotJson();
      // The body is ignored: the request is the consent, and its address contains the token.
      return undefined;
    },
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

/**
 * @throws MalformedRequest; its message omits the text, which may contain a password
 * @throws ValidationFailed if the body has too many fields or values
 */
function parseJson(body: Buffer): unknown {
  scan(body);
  const value = parseUtf8(body);
  if (isObject(value)) assertFewValues(value);
  return value;
}

function parseUtf8(body: Buffer): unknown {
  try {
    return JSON.parse(utf8.decode(body));
  } catch {
    throw new MalformedRequest('The request body is not valid JSON in UTF-8.');
  }
}

const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];
const [OPENING_BRACKET, CLOSING_BRACKET, OPENING_BRACE, CLOSING_BRACE] = [0x5b, 0x5d, 0x7b, 0x7d];

/**
 * Refuses a body that would take long to parse or to traverse: parsing 12,800 fields takes 10 ms. Counts the
 * bytes of commas and brackets outside strings; in UTF-8, these bytes occur in no other character.
 */
function scan(body: Buffer): void {
  const isArray = body.toString('latin1', 0, 64).trimStart().startsWith('[');
  let [depth, fields, commas, containers] = [0, 0, 0, 0];
  for (let index = 0; index < body.length; index += 1) {
    const byte = body[index];
    if (byte === QUOTE) index = endOfString(body, index);
    else if (byte === COMMA) {
      commas += 1;
      if (depth === 1) fields += 1;
      if (fields >= MAX_FIELDS && !isArray) throw tooMany(MAX_FIELDS, 'fields');
      // Each container and value follows a comma, except the first one in its container.
      if (commas >= 2 * MAX_VALUES) throw tooMany(MAX_VALUES, 'values');
    } else if (byte === OPENING_BRACE || byte === OPENING_BRACKET) {
      [depth, containers] = [depth + 1, containers + 1];
      if (depth > MAX_DEPTH) {
        throw new MalformedRequest(`The request body is nested deeper than ${MAX_DEPTH} levels.`);
      }
      if (containers > MAX_VALUES + 1) throw tooMany(MAX_VALUES, 'values');
    } else if (byte === CLOSING_BRACE || byte === CLOSING_BRACKET) depth -= 1;
  }
}

/** Returns the index of the quote that ends the string which begins at `start`. */
function endOfString(body: Buffer, start: number): number {
  for (let end = start; ;) {
    end = body.indexOf(QUOTE, end + 1);
    if (end === -1) return body.length;
    let slashes = 0;
    while (body[end - slashes - 1] === BACKSLASH) slashes += 1;
    if (slashes % 2 === 0) return end;
  }
}

/** @throws ValidationFailed if the body has too many values */
function assertFewValues(body: object): void {
  let values = 0;
  const open = [body];
  for (let next = open.pop(); next; next = open.pop()) {
    for (const value of Object.values(next) as unknown[]) {
      if (isObject(value)) open.push(value);
      else values += 1;
    }
  }
  if (values > MAX_VALUES) throw tooMany(MAX_VALUES, 'values');
}

function tooMany(max: number, what: string): ValidationFailed {
  const message = `The body must have at most ${max} ${what}`;
  return new ValidationFailed([{ field: 'body', message }]);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
