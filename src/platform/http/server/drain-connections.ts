import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';

/** Milliseconds after the beginning of a shutdown during which new requests are still accepted. */
const LISTEN_ON_MILLISECONDS = 100;

/**
 * Ends a shutdown as soon as the accepted requests have their responses. Node alone would wait for the
 * keep-alive timeout of connections that are busy at that moment, and without limit for connections that
 * never sent a request (which browsers open in advance). This function closes each connection once no request
 * is running on it.
 */
export function drainConnectionsOnClose(server: FastifyInstance): void {
  /** Number of running requests per connection. */
  const connections = new Map<Socket, number>();
  let closing = false;
  let closed = false;

  server.server.on('connection', (socket: Socket) => {
    connections.set(socket, 0);
    socket.once('close', () => connections.delete(socket));
    if (closed) socket.destroy();
  });
  server.addHook('onRequest', ({ raw: { socket } }, reply, done) => {
    connections.set(socket, (connections.get(socket) ?? 0) + 1);
    reply.raw.once('close', () => {
      const left = (connections.get(socket) ?? 1) - 1;
      if (!socket.destroyed) connections.set(socket, left);
      if (closed && left === 0) socket.end();
    });
    done();
  });
  server.addHook('onSend', (_request, reply, _payload, done) => {
    if (closing) void reply.header('connection', 'close');
    done();
  });
  server.addHook('preClose', async () => {
    closing = true;
    await sleep(LISTEN_ON_MILLISECONDS);
    closed = true;
    for (const [socket, underWay] of connections) if (underWay === 0) socket.destroy();
  });
}
