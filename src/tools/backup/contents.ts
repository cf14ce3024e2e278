import { statSync } from 'node:fs';
import Database from 'better-sqlite3';
import { MIGRATIONS } from '../../platform/database/migrations/index.js';
import { BackupRefused } from './backup-refused.js';

/** What a database has, for an operator to recognize it by. */
export interface Contents {
  readonly bytes: number;
  readonly accounts: number;
  readonly lots: number;
  readonly spots: number;
  readonly bookings: number;
  /** Whether the next start has migrations to run on it. */
  readonly isOlder: boolean;
}

const KNOWN_MIGRATIONS: readonly string[] = MIGRATIONS.map(({ name }) => name);

/**
 * Makes the copy of a database one file that needs no other beside it, and looks at all of it.
 * @param name how a refusal calls it: what it is a copy of
 * @throws BackupRefused where it is damaged, or no VPMS database that this program knows
 */
export function checkCopy(copy: string, name: string): Contents {
  const database = new Database(copy, { fileMustExist: true });
  try {
    // A copy of a database that is written through a WAL would want one too, even to be read.
    database.pragma('journal_mode = DELETE');
    refuseDamaged(database, name);
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

/** Such as `1.2 MB, 3 accounts, 2 lots with 60 spots, 1,500 bookings`. */
export function describeContents({ bytes, accounts, lots, spots, bookings }: Contents): string {
  const count = (number: number) => number.toLocaleString('en');
  return [
    `${(bytes / 1e6).toFixed(1)} MB`,
    `${count(accounts)} accounts`,
    `${count(lots)} lots with ${count(spots)} spots`,
    `${count(bookings)} bookings`,
  ].join(', ');
}

function refuseDamaged(database: Database.Database, name: string): void {
  const verdict = String(database.pragma('integrity_check(1)', { simple: true }));
  if (verdict !== 'ok') {
    throw new BackupRefused(`${name} is damaged: ${verdict.replaceAll(/\s+/g, ' ')}`);
  }
  const astray = database
    .prepare<[], { table: string; parent: string }>(
      'SELECT "table", parent FROM pragma_foreign_key_check LIMIT 1',
    )
    .get();
  if (astray) {
    throw new BackupRefused(
      `${name} is damaged: a row of ${astray.table} refers to one of ${astray.parent} that is not there`,
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
    `${name} is of a newer VPMS: this one does not know its migration ${unknown}`,
  );
}

function countRows(
  database: Database.Database,
): Pick<Contents, 'accounts' | 'lots' | 'spots' | 'bookings'> {
  const count = (table: string) =>
    Number(database.prepare(`SELECT COUNT(*) FROM ${table}`).pluck().get());
  return {
    accounts: count('accounts'),
    lots: count('lots'),
    spots: count('spots'),
    bookings: count('reservations'),
  };
}
