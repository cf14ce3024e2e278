import type { ServerBinaries } from './binaries.js';
import { freePort, serverFolder, startServer, type ThrowawayServer } from './server-process.js';

/** A Redis server that keeps nothing on disk. */
export async function startRedis({
  redis,
}: Pick<ServerBinaries, 'redis'>): Promise<ThrowawayServer> {
  const { folder, remove } = serverFolder('redis');
  try {
    const port = await freePort();
    const stop = await startServer({
      program: redis,
      args: `--port ${port} --bind 127.0.0.1 --appendonly no`
        .split(' ')
        .concat('--dir', folder, '--save', ''),
      readyMessage: /Ready to accept connections/,
      stopSignal: 'SIGTERM',
    });
    return {
      url: `redis://127.0.0.1:${port}`,
      async [Symbol.asyncDispose]() {
        await stop();
        remove();
      },
    };
  } catch (error) {
    remove();
    throw error;
  }
}
