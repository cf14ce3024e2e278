import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** The end of each PostgreSQL response (ReadyForQuery), without its status. */
const READY = Buffer.from([0x5a, 0, 0, 0, 5]);

/** The notice that PostgreSQL sends to each connection at shutdown. */
function shutdownNotice(): Buffer {
  const fields = [
    'SFATAL',
    'VFATAL',
    'C57P01',
    'Mterminating connection due to administrator command',
  ];
  const body = Buffer.from(`${fields.join('\0')}\0\0`);
  const head = Buffer.alloc(5);
  head.write('E');
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

export interface ShutdownNoticeProxy extends AsyncDisposable {
  readonly port: number;
  /**
   * Whether a response is followed by the notice in the same packet, and by the end of the
   * connection.
   */
  shutDown(isShutDown: boolean): void;
}

/** A proxy that simulates a shutdown of PostgreSQL immediately after a response. */
export async function startShutdownNoticeProxy(serverPort: number): Promise<ShutdownNoticeProxy> {
  const sockets = new Set<Socket>();
  let isDown = false;
  const server = createServer((client) => {
    const upstream = connect(serverPort, '127.0.0.1');
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    }
    client.on('data', (data) => upstream.write(data)).on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
    upstream.on('data', (data) => {
      const isAnswer = data.subarray(-6, -1).equals(READY);
      if (isDown && isAnswer) client.end(Buffer.concat([data, shutdownNotice()]));
      else client.write(data);
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    shutDown(isShutDown) {
      isDown = isShutDown;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
