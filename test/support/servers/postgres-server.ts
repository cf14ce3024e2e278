import { execFileSync } from 'node:child_process';
import { chownSync } from 'node:fs';
import { join } from 'node:path';
import type { ServerBinaries } from './binaries.js';
import { freePort, serverFolder, startServer, type ThrowawayServer } from './server-process.js';

type Programs = Pick<ServerBinaries, 'initdb' | 'postgres'>;

const SETTINGS = [
  'listen_addresses=127.0.0.1',
  // No socket in a file, whose path has a length limit that temporary folders may exceed.
  'unix_socket_directories=',
  'max_connections=300',
  // Nothing of it needs to survive a power cut.
  'fsync=off',
  'full_page_writes=off',
  'shared_buffers=64MB',
];

/** A PostgreSQL server in a temporary folder, which lets everybody of this machine in. */
export async function startPostgres({ initdb, postgres }: Programs): Promise<ThrowawayServer> {
  const { folder, remove } = serverFolder('postgres');
  try {
    const user = unprivilegedUser();
    if (user) chownSync(folder, user.uid, user.gid);
    const cluster = join(folder, 'cluster');
    const port = await freePort();
    execFileSync(
      initdb,
      ['-D', cluster, '-U', 'vpms', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'],
      { stdio: ['ignore', 'ignore', 'pipe'], ...user, cwd: folder },
    );
    const stop = await startServer({
      program: postgres,
      args: ['-D', cluster, '-p', String(port), ...SETTINGS.flatMap((setting) => ['-c', setting])],
      ...(user && { user }),
      readyMessage: /ready to accept connections/,
      // Its "fast" shutdown: connections that are still open are closed.
      stopSignal: 'SIGINT',
    });
    return {
      url: `postgres://vpms@127.0.0.1:${port}/postgres`,
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

/** PostgreSQL refuses to run as root; its package has made a user for it. */
function unprivilegedUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (which: '-u' | '-g') =>
    Number(execFileSync('id', [which, 'postgres'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}
