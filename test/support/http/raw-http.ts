import { once } from 'node:events';
import { connect } from 'node:net';
import { type HttpResponse, parseJson } from './http-client.js';

/** Sends arbitrary bytes and reads the response until the server closes. */
export async function sendBytes(url: string, bytes: string | Uint8Array): Promise<HttpResponse> {
  const { port, hostname } = new URL(url);
  const socket = connect(Number(port), hostname);
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  // The server may reset the connection; what it sent before counts.
  socket.on('error', () => undefined);
  socket.write(bytes);
  await once(socket, 'close');
  const [head = '', text = ''] = Buffer.concat(chunks).toString().split('\r\n\r\n');
  const [statusLine = '', ...lines] = head.split('\r\n');
  const headers = new Headers(
    lines.map((line): [string, string] => [
      line.slice(0, line.indexOf(':')),
      line.slice(line.indexOf(':') + 1),
    ]),
  );
  return { status: Number(statusLine.split(' ')[1]), headers, text, body: parseJson(text) };
}
