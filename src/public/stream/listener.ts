import type { FastifyReply } from 'fastify';
import type { ServerResponse } from 'node:http';
import { OPEN_CORS } from '../open-cors.js';

/** Maximum number of bytes that the client has not received: 256 KiB. */
const MAX_UNSENT = 256 * 1024;
/** Milliseconds that a client has to receive the rest when the stream ends. */
const END_MILLISECONDS = 2_000;

const HEADERS = {
  'content-type': 'text/event-stream',
  // Proxies must not store, compress or delay events; `x-accel-buffering` is for nginx.
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no',
  ...OPEN_CORS,
};

/** One open response of the stream. Writes without waiting, so it limits the unsent bytes. */
export class Listener {
  private readonly response: ServerResponse;

  /** Takes the response over from Fastify, and starts it. */
  constructor(reply: FastifyReply, { onClose }: { readonly onClose: () => void }) {
    void reply.removeHeader('vary');
    const headers = Object.entries({ ...reply.getHeaders(), ...HEADERS });
    reply.hijack();
    this.response = reply.raw;
    this.response.once('close', onClose);
    // The client may leave while the response is being written.
    this.response.on('error', () => undefined);
    for (const [name, value] of headers) {
      if (value !== undefined) this.response.setHeader(name, value);
    }
    this.response.writeHead(200);
  }

  /** Returns false, and ends the connection, if the client does not read fast enough. */
  send(bytes: Buffer): boolean {
    if (this.response.writableLength > MAX_UNSENT) {
      this.response.destroy();
      return false;
    }
    this.response.write(bytes);
    return true;
  }

  end(): void {
    this.response.end();
    setTimeout(() => this.response.destroy(), END_MILLISECONDS).unref();
  }
}
