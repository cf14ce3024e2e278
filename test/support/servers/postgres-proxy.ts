import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface PostgresProxy extends AsyncDisposable {
  readonly port: number;
}

/** Relays the data of one client connection in both directions. */
export type Relay = (client: Socket, server: Socket) => void;

/** A proxy in front of a PostgreSQL server. If one side ends a connection, the other side is closed too. */
export async function startPostgresProxy(serverPort: number, relay: Relay): Promise<PostgresProxy> {
  const sockets = new Set<Socket>();
  const listener = createServer((client) => {
    const server = connect(serverPort, '127.0.0.1');
    for (const socket of [client, server]) {
      sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    }
    client.on('close', () => server.destroy());
    server.on('close', () => client.destroy());
    relay(client, server);
  });
  await once(listener.listen(0, '127.0.0.1'), 'listening');
  return {
    port: (listener.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => listener.close(resolve));
    },
  };
}
