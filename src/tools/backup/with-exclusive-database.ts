import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { LOCK_WAIT_MILLISECONDS } from '../../platform/database/locks/lock-wait.js';
import { BackupRefused } from './backup-refused.js';

/**
 * Runs `work`, which replaces the database file, while no program can use the database. Before that, it
 * moves the content of the WAL into the file. If SQLite cannot open the file, it runs `work` without a
 * lock, because no other program can open it either.
 * @throws BackupRefused while a program has the database open
 */
export async function withExclusiveDatabase(file: string, work: () => void): Promise<void> {
  const connection = openExclusively(file);
  try {
    work();
    // Keep the lock until a program that opened the old file meanwhile has timed out.
    if (connection) await sleep(2 * LOCK_WAIT_MILLISECONDS);
  } finally {
    connection?.close();
  }
}

function openExclusively(file: string): Database.Database | undefined {
  let connection: Database.Database | undefined;
  try {
    connection = new Database(file, { fileMustExist: true, timeout: 0 });
    // SQLite leaves WAL mode only if there is no other connection, not even an idle one.
    connection.pragma('journal_mode = DELETE');
    connection.exec('BEGIN EXCLUSIVE');
    // If the file is in WAL mode again, a program has been started in between and uses the database.
    if (connection.pragma('journal_mode', { simple: true }) === 'delete') return connection;
    connection.close();
  } catch (error) {
    connection?.close();
    if (!(error instanceof Database.SqliteError)) throw error;
    if (!error.code.startsWith('SQLITE_BUSY')) return undefined;
  }
  throw new BackupRefused(`The database ${file} is in use: stop VPMS first`);
}
