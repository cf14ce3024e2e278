import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { LOCK_WAIT_MILLISECONDS } from '../../platform/database/lock-wait.js';
import { BackupRefused } from './backup-refused.js';

/**
 * Does the work, which puts another file in the database's place, while nobody can use it. Before,
 * what is in its WAL goes into the file itself. A file that SQLite cannot use is not held: no
 * program can use it either.
 * @throws BackupRefused while a program has it open
 */
export async function holdingDatabase(file: string, work: () => void): Promise<void> {
  const connection = hold(file);
  try {
    work();
    // A program that opened the old file meanwhile gives up before it could begin to use it.
    if (connection) await sleep(2 * LOCK_WAIT_MILLISECONDS);
  } finally {
    connection?.close();
  }
}

function hold(file: string): Database.Database | undefined {
  let connection: Database.Database | undefined;
  try {
    connection = new Database(file, { fileMustExist: true, timeout: 0 });
    // SQLite leaves the WAL only where no other connection is open, idle ones included.
    connection.pragma('journal_mode = DELETE');
    connection.exec('BEGIN EXCLUSIVE');
    // Back in WAL mode: a program has been started between the two, and lives with the lock.
    if (connection.pragma('journal_mode', { simple: true }) === 'delete') return connection;
    connection.close();
  } catch (error) {
    connection?.close();
    if (!(error instanceof Database.SqliteError)) throw error;
    if (!error.code.startsWith('SQLITE_BUSY')) return undefined;
  }
  throw new BackupRefused(`The database ${file} is in use: stop VPMS first`);
}
