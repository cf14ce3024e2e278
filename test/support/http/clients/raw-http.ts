import { once } from 'node:events';
import { connect } from 'node:net';
import { type HttpResponse, parseJson } from './http-client.js';

/** Sends arbitrary bytes and reads the response until the server closes. */
export async function sendBytes(url: string, bytes: string | Uint8Array): Promise<HttpResponse> {
  const { port, hostname } = new URL(url);
  const socket = connect(Number(port), hostname);
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  // The server may reset the connection; the response that was received before is returned.
  socket.on('error', () => undefined);
  socket.write(bytes);
  await once(socket, 'close');
  return parseResponse(Buffer.concat(chunks).toString());
}

/** GET requests that were sent on one connection without waiting for a response (pipelining). */
export interface PipelinedRequests extends Disposable {
  /** What the server has sent so far. */
  readonly received: () => string;
  /** Resolves when the server or the client has closed the connection. */
  readonly closed: Promise<unknown>;
}

export function pipeline(url: string, paths: readonly string[]): PipelinedRequests {
  const { port, hostname } = new URL(url);
  const socket = connect(Number(port), hostname);
  let received = '';
  socket.setEncoding('utf8').on('data', (text: string) => (received += text));
  socket.on('error', () => undefined);
  socket.write(paths.map((path) => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`).join(''));
  return {
    received: () => received,
    closed: once(socket, 'close'),
    [Symbol.dispose]: () => void socket.destroy(),
  };
}

/** Parses a complete response whose body is not chunked. */
export function parseResponse(response: string): HttpResponse {
  const [head = '', text = ''] = response.split('\r\n\r\n');
  const [statusLine = '', ...lines] = head.split('\r\n');
  const headers = new Headers(
    lines.map((line): [string, string] => [
      line.slice(0, line.indexOf(':')),
      line.slice(line.indexOf(':') + 1),
    ]),
  );
  return { status: Number(statusLine.split(' ')[1]), headers, text, body: parseJson(text) };
}
