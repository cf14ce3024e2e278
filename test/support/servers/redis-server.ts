import { requireServerBinaries } from './binaries.js';
import { freePort, serverFolder, ThrowawayServer } from './throwaway-server.js';

/** A Redis server without persistence. */
export async function startRedis(): Promise<ThrowawayServer> {
  const { redis } = requireServerBinaries();
  const port = await freePort();
  const folder = serverFolder('redis');
  return ThrowawayServer.start({
    url: `redis://127.0.0.1:${port}`,
    folder,
    program: redis,
    args: `--port ${port} --bind 127.0.0.1 --appendonly no`
      .split(' ')
      .concat('--dir', folder, '--save', ''),
    readyMessage: /Ready to accept connections/,
    stopSignal: 'SIGTERM',
    crashSignal: 'SIGKILL',
  });
}
