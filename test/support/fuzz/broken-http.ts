import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import * as fc from 'fast-check';

/** Milliseconds to wait for the start or the rest of a response. */
const IDLE_TIMEOUT = 200;
const END = 'Host: vpms\r\nConnection: close\r\n\r\n';
const POST = `POST /api/user/login HTTP/1.1\r\nContent-Type: application/json\r\n`;

/** Invalid and unusual requests. */
const MALFORMED = [
  'GET / HTTP/1.1\r\n\r\n',
  `GET / HTTP/1.1\r\nHost: other\r\n${END}`,
  `GET /health HTTP/9.9\r\n${END}`,
  `GET /health HTTP/1.0\r\n\r\n`,
  `GET /health\r\n${END}`,
  `get /health HTTP/1.1\r\n${END}`,
  `GET /health HTTP/1.1\n${END.replaceAll('\r', '')}`,
  `\r\n\r\n\r\nGET /health HTTP/1.1\r\n${END}`,
  ...[
    '/\0',
    '/a b',
    '//',
    '/../..//',
    '/?',
    '/#',
    '*',
    'http://evil/api',
    'http://[::',
    'x',
    '',
  ].map((target) => `GET ${target} HTTP/1.1\r\n${END}`),
  ...['OPTIONS *', 'CONNECT vpms:1', 'TRACE /', 'PRI *', 'SEARCH /api/admin/users', 'FOO /'].map(
    (start) => `${start} HTTP/1.1\r\n${END}`,
  ),
  ...['-1', 'abc', '9'.repeat(25), '1, 2', '0x10', '', '+2', ' 2 '].map(
    (length) => `${POST}Content-Length: ${length}\r\n${END}{}`,
  ),
  `${POST}Content-Length: 2\r\nContent-Length: 3\r\n${END}{} `,
  `${POST}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n${END}2\r\n{}\r\n0\r\n\r\n`,
  ...['xchunked', 'gzip', 'chunked, chunked', 'identity'].map(
    (coding) => `${POST}Transfer-Encoding: ${coding}\r\n${END}2\r\n{}\r\n0\r\n\r\n`,
  ),
  ...['zz', '-1', 'FFFFFFFFFFFFFFFFFF', '2;x=y', `2;${'x'.repeat(20_000)}`, '7FFFFFFF'].map(
    (size) => `${POST}Transfer-Encoding: chunked\r\n${END}${size}\r\n{}\r\n0\r\n\r\n`,
  ),
  ...['100-continue', '200-ok', '100-continue, x'].map(
    (expected) => `${POST}Expect: ${expected}\r\nContent-Length: 2\r\n${END}{}`,
  ),
  ...['websocket', 'h2c', 'TLS/1.0', ''].map(
    (protocol) =>
      `GET /api/auth/me HTTP/1.1\r\nUpgrade: ${protocol}\r\nHost: vpms\r\nConnection: Upgrade\r\n\r\n`,
  ),
  ...[
    'no colon',
    ' folded: x',
    'na me: x',
    ': x',
    'x: a\0b',
    'x\0y: 1',
    `x: ${'y'.repeat(20_000)}`,
  ].map((header) => `GET /health HTTP/1.1\r\n${header}\r\n${END}`),
  `GET /health HTTP/1.1\r\n${'x: y\r\n'.repeat(2_100)}${END}`,
  `GET /health HTTP/1.1\r\nAuthorization: Bearer a\r\nAuthorization: Bearer b\r\n${END}`,
  `GET /api/auth/me HTTP/1.1\r\nX-Request-Id: a\r\nX-Request-Id: b\r\n${END}`,
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  '\u0016\u0003\u0001\u0002\0\u0001\0\u0001\u00fc\u0003\u0003',
  '',
];

const WELL_FORMED = [
  `GET /api/user/bookings?limit=5 HTTP/1.1\r\nAuthorization: Bearer a.b.c\r\n${END}`,
  `${POST}Content-Length: 38\r\n${END}{"username":"unknwn","password":"none"}`,
  `${POST}Transfer-Encoding: chunked\r\n${END}5\r\n{"a":\r\n2\r\n1}\r\n0\r\n\r\n`,
];

const edit = fc.record({
  place: fc.double({ min: 0, max: 1, noNaN: true }),
  removed: fc.nat(6),
  added: fc.oneof(
    fc.uint8Array({ maxLength: 4 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
    fc.constantFrom('\r\n', '\r', '\n', ' ', ':', '\0', '%', ',', '\r\n\r\n', '9', 'Host: x\r\n'),
  ),
});

/** A valid request with some changed bytes. */
const corrupted: fc.Arbitrary<string> = fc
  .tuple(fc.constantFrom(...WELL_FORMED), fc.array(edit, { minLength: 1, maxLength: 3 }))
  .map(([sound, edits]) =>
    edits.reduce((text, { place, removed, added }) => {
      const at = Math.floor(place * text.length);
      return text.slice(0, at) + added + text.slice(at + removed);
    }, sound),
  );

/** Malformed and unusual requests, which the seed determines. */
export function malformedRequests({
  seed,
  count,
}: {
  readonly seed: number;
  readonly count: number;
}) {
  const changed = fc.sample(corrupted, { seed, numRuns: count });
  return [...MALFORMED, ...changed].map((text) => Buffer.from(text, 'latin1'));
}

/** What the server sends until it closes the connection or sends nothing for `IDLE_TIMEOUT`. */
export async function responseTo(bytes: Buffer, origin: string): Promise<string> {
  const { port, hostname } = new URL(origin);
  const socket = connect(Number(port), hostname);
  let response = '';
  let heardAt = Date.now();
  socket.setEncoding('latin1').on('data', (text: string) => {
    response += text;
    heardAt = Date.now();
  });
  // The server may reset the connection; the response that was received before is returned.
  socket.on('error', () => undefined);
  const closed = once(socket, 'close');
  socket.write(bytes);
  while (!socket.closed && Date.now() - heardAt < IDLE_TIMEOUT) {
    await Promise.race([closed, sleep(IDLE_TIMEOUT / 4)]);
  }
  socket.destroy();
  return response;
}
