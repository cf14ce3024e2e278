import { existsSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { StartError } from '../../errors/start-error.js';
import { makePrivateFile } from '../../private-files.js';

/** Milliseconds to wait for a process that is just ending. */
const WAIT = 1_000;

/**
 * Ensures that one server process uses the SQLite file: caches, rate limits and the queue of a
 * process without Redis do not see the writes of another one. The lock is an exclusive SQLite lock
 * on a file beside the database. The kernel releases it when the process ends, also by SIGKILL. The
 * command-line tools do not need it.
 * @throws StartError if another server process has the lock
 */
export function lockForServer(file: string): Disposable {
  const lockFile = `${realPath(file)}.server-lock`;
  makePrivateFile(lockFile);
  const connection = new Database(lockFile, { timeout: WAIT });
  try {
    connection.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    connection.close();
    if (!(error instanceof Database.SqliteError) || !error.code.startsWith('SQLITE_BUSY'))
      throw error;
    throw new StartError(
      `Another VPMS process uses the database ${file}; stop it first, or use PostgreSQL for several`,
      { cause: error },
    );
  }
  return { [Symbol.dispose]: () => void connection.close() };
}

/** The same for every name of the file, also before it exists. */
function realPath(file: string): string {
  return existsSync(file) ? realpathSync(file) : join(realpathSync(dirname(file)), basename(file));
}
