import * as fc from 'fast-check';
import { validUrl, invalidUrl } from './addresses.js';
import { validBody, invalidBody } from './bodies.js';
import type { Document, Operation } from '../http/operations.js';
import { valueOf } from './values.js';

/** Who sends a request; `revoked` and `forged` send invalid tokens. */
const IDENTITIES = [
  'admin',
  'driver',
  'other driver',
  'gate',
  'anonymous',
  'revoked',
  'forged',
] as const;
export type Identity = (typeof IDENTITIES)[number];

export interface FuzzRequest {
  readonly operation: Operation;
  readonly identity: Identity;
  readonly method: string;
  /** The encoded URL with its query, as it is sent. */
  readonly url: string;
  readonly headers: Headers;
  readonly body: Buffer | undefined;
}

type Headers = Readonly<Record<string, string>>;

const CONTENT_TYPES = [
  ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', '*/*'],
  ['application/json; charset=utf-16', 'application/json;charset=utf-8', 'APPLICATION/JSON', ';'],
  ['application/jsonx', 'application/ld+json', 'application/json, text/plain', '\xff', 'json', '/'],
  ['application/xml', 'application/json; charset="', 'application/octet-stream', undefined],
].flat();

const EVIL_HEADERS: readonly (readonly [string, readonly string[]])[] = [
  ['x-request-id', ['', 'a b', '"', '<x>', '\xe9', 'x'.repeat(300), '../..', '${1}']],
  ['idempotency-key', ['', 'k', 'key-1', 'a b', '\xe9', 'x'.repeat(255), 'x'.repeat(256), '"q"']],
  ['accept', ['', '*/*', 'text/html', 'application/xml;q=0.1', 'x'.repeat(2_000), ',,,']],
  [
    'authorization',
    ['Bearer', 'Basic eDp4', 'Bearer a.b.c', 'Bearer ..', `Bearer ${'x'.repeat(9e3)}`],
  ],
  ['content-encoding', ['gzip', 'identity', 'br, gzip', 'x']],
  ['x-forwarded-for', ['1.2.3.4', "'; --", 'x'.repeat(2_000), '::1, , ,']],
  ['x-http-method-override', ['DELETE', 'PUT', 'TRACE']],
  ['origin', ['null', 'https://evil.example', 'x', 'file://', '\xff']],
  ['range', ['bytes=0-0', 'bytes=-1', 'bytes=9-1,0-', 'x']],
  ['if-none-match', ['*', '"x"', 'W/"x"']],
  ['if-modified-since', ['x', 'Thu, 01 Jan 1970 00:00:00 GMT']],
  ['cookie', ['token=x', '__proto__=1', '=;=;', 'x'.repeat(2_000)]],
  ['accept-language', ['*', 'xx-\xff', 'x'.repeat(1_000)]],
];

const evilHeader = fc
  .constantFrom(...EVIL_HEADERS)
  .chain(([name, values]) =>
    fc.constantFrom(...values).map((value): Headers => ({ [name]: value })),
  );

/** A random request to the operation: valid, or invalid in one part. */
export function requestTo(document: Document, operation: Operation): fc.Arbitrary<FuzzRequest> {
  const good = {
    operation: fc.constant(operation),
    identity: identityFor(operation),
    method: fc.constant(operation.method),
    url: validUrl(document, operation),
    headers: validHeaders(document, operation),
    body: validBody(document, operation),
  };
  const otherMethod = fc.constantFrom('HEAD', 'OPTIONS', 'PATCH', 'DELETE', 'PUT', 'POST', 'GET');
  const otherType = fc
    .constantFrom(...CONTENT_TYPES)
    .map((type): Headers => (type === undefined ? {} : { 'content-type': type }));
  return fc.oneof(
    { weight: 6, arbitrary: fc.record(good) },
    { weight: 3, arbitrary: fc.record({ ...good, url: invalidUrl(document, operation) }) },
    { weight: 6, arbitrary: fc.record({ ...good, body: invalidBody(document, operation) }) },
    { weight: 1, arbitrary: fc.record({ ...good, headers: otherType }) },
    {
      weight: 2,
      arbitrary: fc
        .tuple(fc.record(good), evilHeader)
        .map(([request, header]) => ({ ...request, headers: { ...request.headers, ...header } })),
    },
    { weight: 1, arbitrary: fc.record({ ...good, method: otherMethod }) },
  );
}

function validHeaders(document: Document, { parameters }: Operation): fc.Arbitrary<Headers> {
  const inHeader = parameters.filter((parameter) => parameter.in === 'header');
  const values = inHeader.map(({ schema }) => fc.option(valueOf(document, schema)));
  return fc.tuple(...values).map((chosen) => {
    const headers = inHeader.flatMap(({ name }, index): [string, string][] => {
      const value = chosen[index];
      // Characters that HTTP does not allow in a header are omitted.
      return typeof value === 'string' ? [[name, value.replaceAll(/[^ -~]/g, '')]] : [];
    });
    return { 'content-type': 'application/json', ...Object.fromEntries(headers) };
  });
}

/** Usually an identity with the role that the path requires; otherwise any identity. */
function identityFor({ path }: Operation): fc.Arbitrary<Identity> {
  const members: readonly Identity[] = ['admin', 'driver', 'other driver'];
  const fitting = path.startsWith('/api/admin')
    ? members.slice(0, 1)
    : members.slice(path.startsWith('/api/user') ? 1 : 0);
  const usual: readonly Identity[] = path.startsWith('/api/gate') ? ['gate'] : fitting;
  return fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...usual) },
    { weight: 1, arbitrary: fc.constantFrom(...IDENTITIES) },
  );
}
