import { existsSync, realpathSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { StartError } from '../../errors/start-error.js';
import { makePrivateFile } from '../../private-files.js';

/** The suffix of the lock file. A killed process leaves the file behind, unlocked. */
export const SERVER_LOCK_SUFFIX = '.server-lock';
/** Milliseconds to wait for a process that is about to exit. */
const WAIT = 1_000;

/**
 * Ensures that one server process uses the SQLite file: caches, rate limits and the queue of a
 * process without Redis do not see the writes of another one. The lock is an exclusive SQLite lock
 * on a file beside the database. The kernel releases it when the process ends, even by SIGKILL; a
 * disposal deletes the file. The command-line tools do not need it.
 * @throws StartError if another server process has the lock
 */
export function lockForServer(file: string): Disposable {
  const lockFile = realPath(file) + SERVER_LOCK_SUFFIX;
  for (;;) {
    makePrivateFile(lockFile);
    const inode = inodeOf(lockFile);
    const connection = lock(lockFile, file);
    // The previous holder may have deleted the file while this process was waiting for its lock.
    if (inode !== undefined && inode === inodeOf(lockFile)) {
      return {
        [Symbol.dispose]: () => {
          rmSync(lockFile, { force: true });
          connection.close();
        },
      };
    }
    connection.close();
  }
}

function lock(lockFile: string, file: string): Database.Database {
  const connection = new Database(lockFile, { timeout: WAIT });
  try {
    // Nothing is ever written, so no journal is needed beside the file.
    connection.pragma('journal_mode = MEMORY');
    connection.exec('BEGIN EXCLUSIVE');
    return connection;
  } catch (error) {
    connection.close();
    if (!(error instanceof Database.SqliteError) || !error.code.startsWith('SQLITE_BUSY')) {
      throw error;
    }
    throw new StartError(
      `Another VPMS process uses the database ${file}; stop it first, or use PostgreSQL for several`,
      { cause: error },
    );
  }
}

function inodeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.ino;
}

/** Returns the same path for every name of the file, even before the file exists. */
function realPath(file: string): string {
  return existsSync(file) ? realpathSync(file) : join(realpathSync(dirname(file)), basename(file));
}
