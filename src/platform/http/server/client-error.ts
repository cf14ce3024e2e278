import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { type CodedError, HeadersTooLarge, MalformedRequest } from '../../errors/coded-error.js';
import { toProblem } from '../../errors/problem.filter.js';

/** The headers that other responses get from security-headers.ts. */
const HEADERS = [
  "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
  'X-Content-Type-Options: nosniff',
  'Referrer-Policy: no-referrer',
  'Cache-Control: no-store',
];

/** Responds to bytes that are not an HTTP request. Neither Fastify nor Nest handles them. */
export function handleClientError(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable || isUnused(error, socket)) {
    socket.destroy(error);
    return;
  }
  const problem = toProblem(causeOf(error), { url: '/', id: randomUUID(), method: '' });
  const body = JSON.stringify(problem);
  socket.end(
    [
      `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
      'Content-Type: application/problem+json; charset=utf-8',
      `Content-Length: ${Buffer.byteLength(body)}`,
      `X-Request-Id: ${problem.request_id}`,
      ...HEADERS,
      'Connection: close',
      '',
      body,
    ].join('\r\n'),
    () => socket.destroy(),
  );
}

/**
 * Whether the client opened the connection in advance and sent nothing on it. A browser would mistake a
 * response for the response to its next request.
 */
function isUnused({ code }: { readonly code?: string }, { bytesRead }: Socket): boolean {
  return code === 'ERR_HTTP_REQUEST_TIMEOUT' && bytesRead === 0;
}

function causeOf({ code }: { readonly code?: string }): CodedError {
  if (code === 'HPE_HEADER_OVERFLOW') return new HeadersTooLarge();
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return new MalformedRequest('The request is incomplete.');
  return new MalformedRequest('This is not an HTTP request.');
}
