import { type PostgresProxy, startPostgresProxy } from './postgres-proxy.js';

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

export interface ShutdownNoticeProxy extends PostgresProxy {
  /**
   * Sets whether each response is followed by the notice in the same packet, and by the end of the
   * connection.
   */
  shutDown(isShutDown: boolean): void;
}

/** A proxy that simulates a shutdown of PostgreSQL immediately after a response. */
export async function startShutdownNoticeProxy(serverPort: number): Promise<ShutdownNoticeProxy> {
  let isDown = false;
  const proxy = await startPostgresProxy(serverPort, (client, server) => {
    client.on('data', (data) => server.write(data));
    server.on('data', (data) => {
      const isAnswer = data.subarray(-6, -1).equals(READY);
      if (isDown && isAnswer) client.end(Buffer.concat([data, shutdownNotice()]));
      else client.write(data);
    });
  });
  return {
    ...proxy,
    shutDown(isShutDown) {
      isDown = isShutDown;
    },
  };
}
