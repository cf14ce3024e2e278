import { type PostgresProxy, startPostgresProxy } from './postgres-proxy.js';

/** The message with which node-postgres commits: its type, its length and its text. */
const COMMIT = Buffer.from('Q\0\0\0\x0bCOMMIT\0', 'latin1');

export interface LostCommitProxy extends PostgresProxy {
  /** While the work runs, a client loses its connection instead of receiving the response to a commit. */
  whileLosing<T>(work: () => Promise<T>): Promise<T>;
}

/** A proxy that loses the responses to commits, so a client cannot find out whether a commit succeeded. */
export async function startLostCommitProxy(serverPort: number): Promise<LostCommitProxy> {
  let isLosing = false;
  const proxy = await startPostgresProxy(serverPort, (client, server) => {
    let isCommitting = false;
    client.on('data', (data) => {
      isCommitting = data.equals(COMMIT);
      server.write(data);
    });
    server.on('data', (data) => {
      if (isLosing && isCommitting) client.destroy();
      else client.write(data);
    });
  });
  return {
    ...proxy,
    async whileLosing(work) {
      isLosing = true;
      try {
        return await work();
      } finally {
        isLosing = false;
      }
    },
  };
}
