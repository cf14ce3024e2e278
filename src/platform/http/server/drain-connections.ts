import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';

/** What clients have sent by the beginning of a shutdown has come in after this time. */
const LISTEN_ON_MILLISECONDS = 100;

/**
 * Lets a shutdown end as soon as what was accepted is answered. Node would wait for a connection
 * that is busy at that moment until its keep-alive runs out, and without end for one that never
 * asked anything (as browsers open in advance); here each is closed once nothing is under way on it.
 */
export function drainConnectionsOnClose(server: FastifyInstance): void {
  /** How many requests are under way on each connection. */
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
