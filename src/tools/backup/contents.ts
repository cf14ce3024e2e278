import { statSync } from 'node:fs';
import Database from 'better-sqlite3';
import { MIGRATIONS } from '../../platform/database/migrations/index.js';
import { BackupRefused } from './backup-refused.js';

/** The properties by which an operator recognizes a database. */
export interface DatabaseContents {
  readonly bytes: number;
  readonly accounts: number;
  readonly lots: number;
  readonly spots: number;
  readonly bookings: number;
  /** Whether the next start runs migrations on it. */
  readonly isOlder: boolean;
}

const KNOWN_MIGRATIONS: readonly string[] = MIGRATIONS.map(({ name }) => name);

/**
 * Converts the copy of a database to a single file without a WAL, and checks all of it.
 * @param name the name of the database in error messages
 * @throws BackupRefused if the copy is damaged, not a VPMS database, or from a newer version
 */
export function checkCopy(copy: string, name: string): DatabaseContents {
  const database = new Database(copy, { fileMustExist: true });
  try {
    // A copy of a WAL database is in WAL mode too, which needs a second file even for reading.
    database.pragma('journal_mode = DELETE');
    assertUndamaged(database, name);
    const migrations = readMigrations(database, name);
    return {
      bytes: statSync(copy).size,
      ...countRows(database),
      isOlder: migrations.length < KNOWN_MIGRATIONS.length,
    };
  } catch (error) {
    if (!(error instanceof Database.SqliteError)) throw error;
    throw new BackupRefused(
      error.code === 'SQLITE_NOTADB'
        ? `${name} is not a SQLite database`
        : `${name} is damaged: ${error.message}`,
      { cause: error },
    );
  } finally {
    database.close();
  }
}

/** For example `1.2 MB, 3 accounts, 2 lots with 60 spots, 1,500 bookings`. */
export function describeContents({
  bytes,
  accounts,
  lots,
  spots,
  bookings,
}: DatabaseContents): string {
  const count = (number: number) => number.toLocaleString('en');
  return [
    `${(bytes / 1e6).toFixed(1)} MB`,
    `${count(accounts)} accounts`,
    `${count(lots)} lots with ${count(spots)} spots`,
    `${count(bookings)} bookings`,
  ].join(', ');
}

function assertUndamaged(database: Database.Database, name: string): void {
  const verdict = String(database.pragma('integrity_check(1)', { simple: true }));
  if (verdict !== 'ok') {
    throw new BackupRefused(`${name} is damaged: ${verdict.replaceAll(/\s+/g, ' ')}`);
  }
  const orphan = database
    .prepare<[], { table: string; parent: string }>(
      'SELECT "table", parent FROM pragma_foreign_key_check LIMIT 1',
    )
    .get();
  if (orphan) {
    throw new BackupRefused(
      `${name} is damaged: a row of ${orphan.table} refers to a missing row of ${orphan.parent}`,
    );
  }
}

function readMigrations(database: Database.Database, name: string): readonly string[] {
  const table = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'migrations'";
  const migrations = database.prepare(table).get()
    ? database.prepare<[], string>('SELECT name FROM migrations ORDER BY id').pluck().all()
    : [];
  if (migrations[0] !== KNOWN_MIGRATIONS[0]) {
    throw new BackupRefused(`${name} is not a database of VPMS`);
  }
  const unknown = migrations.find((migration) => !KNOWN_MIGRATIONS.includes(migration));
  if (unknown === undefined) return migrations;
  throw new BackupRefused(
    `${name} is from a newer version of VPMS: its migration ${unknown} is unknown`,
  );
}

function countRows(
  database: Database.Database,
): Pick<DatabaseContents, 'accounts' | 'lots' | 'spots' | 'bookings'> {
  const count = (table: string) =>
    Number(database.prepare(`SELECT COUNT(*) FROM ${table}`).pluck().get());
  return {
    accounts: count('accounts'),
    lots: count('lots'),
    spots: count('spots'),
    bookings: count('reservations'),
  };
}
