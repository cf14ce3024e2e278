import { existsSync, statSync } from 'node:fs';
import Database from 'better-sqlite3';
import { StartError } from '../../errors/start-error.js';
import { LOCK_WAIT_MILLISECONDS } from '../locks/lock-wait.js';
import { MIGRATIONS } from './index.js';

const KNOWN: ReadonlySet<string> = new Set(MIGRATIONS.map(({ name }) => name));

/**
 * Checks a file before anything is written to it: a database of another program, or of a newer
 * version of this one, is left unchanged. SQLite checks its header and length at the same time.
 * @throws StartError; SQLite's error if the file cannot be read as a database
 */
export function assertOwnDatabase(file: string): void {
  if (!existsSync(file) || statSync(file).size === 0) return;
  const connection = new Database(file, { readonly: true, timeout: LOCK_WAIT_MILLISECONDS });
  try {
    const tables = connection
      .prepare<[], string>(`SELECT name FROM sqlite_schema WHERE type = 'table'`)
      .pluck()
      .all();
    if (tables.includes('migrations')) {
      assertKnownMigrations(
        connection.prepare<[], string>('SELECT name FROM migrations').pluck().all(),
      );
    } else if (tables.length > 0) {
      throw new StartError(
        `it contains the tables of another program (${tables.slice(0, 3).join(', ')}); ` +
          'set DATABASE_URL to a separate file for VPMS',
      );
    }
  } finally {
    connection.close();
  }
}

/** @throws StartError if the database has a migration that this version does not have */
export function assertKnownMigrations(migrations: readonly string[]): void {
  const unknown = migrations.find((name) => !KNOWN.has(name));
  if (unknown === undefined) return;
  throw new StartError(
    `a newer version of VPMS has changed it (${unknown}); ` +
      'start that version, or restore a backup from before',
  );
}
