import { execFileSync } from 'node:child_process';
import { chownSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { requireServerBinaries } from './binaries.js';
import { freePort, serverFolder, ThrowawayServer } from './throwaway-server.js';

const SETTINGS = [
  'listen_addresses=127.0.0.1',
  // No Unix socket: its path has a length limit that temporary folders may exceed.
  'unix_socket_directories=',
  'max_connections=300',
  // Data need not survive a power failure. After a kill, the operating system still has what was written.
  'fsync=off',
  'shared_buffers=64MB',
];

/**
 * A PostgreSQL server in a temporary folder that trusts local connections. The given settings override
 * the default settings of the tests.
 */
export async function startPostgres(settings: readonly string[] = []): Promise<ThrowawayServer> {
  const { initdb, postgres } = requireServerBinaries();
  const folder = serverFolder('postgres');
  const cluster = join(folder, 'cluster');
  const user = unprivilegedUser();
  try {
    if (user) chownSync(folder, user.uid, user.gid);
    execFileSync(
      initdb,
      ['-D', cluster, '-U', 'vpms', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'],
      { stdio: ['ignore', 'ignore', 'pipe'], ...user, cwd: folder },
    );
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
  const port = await freePort();
  return ThrowawayServer.start({
    url: `postgres://vpms@127.0.0.1:${port}/postgres`,
    folder,
    program: postgres,
    args: ['-D', cluster, '-p', String(port), ...options([...SETTINGS, ...settings])],
    ...(user && { user }),
    readyMessage: /ready to accept connections/,
    // "Fast" shutdown: open connections are closed.
    stopSignal: 'SIGINT',
    // "Immediate" shutdown: processes end without cleanup, and the next start recovers.
    crashSignal: 'SIGQUIT',
  });
}

function options(settings: readonly string[]): string[] {
  return settings.flatMap((setting) => ['-c', setting]);
}

/** PostgreSQL does not run as root; its package creates a user. */
function unprivilegedUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (which: '-u' | '-g') =>
    Number(execFileSync('id', [which, 'postgres'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}
