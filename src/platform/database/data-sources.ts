import { accessSync, constants, existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Database } from 'better-sqlite3';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { StartError } from '../errors/start-error.js';
import { LOCK_WAIT_MILLISECONDS } from './locks/lock-wait.js';
import { storageReason } from '../errors/storage-reason.js';
import { makePrivateFile, makePrivateIfPresent } from '../private-files.js';
import { MIGRATIONS } from './migrations/index.js';
import { assertOwnDatabase } from './migrations/assert-own-database.js';
import { ReadDatabase } from './read-database.js';
import { sqliteStatements } from './sqlite/sqlite-statements.js';

/**
 * SQLite truncates the WAL file to this size in bytes when it starts to write it from the beginning again.
 */
const MAX_IDLE_WAL_BYTES = 16 * 1024 * 1024;

/** The one connection that writes. Only a TransactionRunner uses it. */
export class WriteDatabase extends DataSource {}

export type Entities = NonNullable<DataSourceOptions['entities']>;

/**
 * Opens the SQLite file, creates it and its folder if they are missing, and migrates its schema.
 * @throws StartError if the folder or file cannot be used; the file is then unchanged.
 */
export async function openWriteDatabase(file: string, entities: Entities): Promise<WriteDatabase> {
  const writer = new WriteDatabase(writerOptions(file, entities));
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    accessSync(dirname(file), constants.W_OK);
    if (existsSync(file)) accessSync(file, constants.W_OK);
    assertOwnDatabase(file);
    // SQLite gives the WAL and its index the mode of the database.
    makePrivateFile(file);
    for (const suffix of ['-wal', '-shm', '-journal']) makePrivateIfPresent(file + suffix);
    await writer.initialize();
    await migrate(writer);
    // Each unit of work is a savepoint within a transaction. SQLite keeps copies of the pages that a rollback
    // would restore: by default, 64 KiB in memory and the rest in a temporary file, with a system call for
    // each page.
    await writer.query('PRAGMA temp_store = MEMORY');
  } catch (error) {
    if (writer.isInitialized) await writer.destroy();
    throw new StartError(`The database ${file} cannot be used: ${storageReason(error)}`, {
      cause: error,
    });
  }
  return writer;
}

/** Options of the writing connection. An acknowledged write is never lost. */
export function writerOptions(file: string, entities: Entities): DataSourceOptions {
  return {
    type: 'better-sqlite3',
    database: file,
    entities,
    migrations: MIGRATIONS,
    timeout: LOCK_WAIT_MILLISECONDS,
    prepareDatabase: (connection: Database) => {
      connection.pragma('journal_mode = WAL');
      // Without this limit, the WAL keeps the size of the largest transaction permanently.
      connection.pragma(`journal_size_limit = ${MAX_IDLE_WAL_BYTES}`);
      // Every commit is synced, so an acknowledged write survives a power cut.
      connection.pragma('synchronous = FULL');
    },
  };
}

/** Opens the file a second time, read-only. The writer must have created it. */
export async function openReadDatabase(file: string, entities: Entities): Promise<ReadDatabase> {
  const source = new DataSource({
    type: 'better-sqlite3',
    database: file,
    entities,
    readonly: true,
    fileMustExist: true,
    timeout: LOCK_WAIT_MILLISECONDS,
  });
  await source.initialize();
  return new ReadDatabase(source, sqliteStatements(source));
}

/** Migrates under the file's write lock: if two programs start at once, one of them waits. */
async function migrate(writer: WriteDatabase): Promise<void> {
  const runner = writer.createQueryRunner();
  await runner.query('BEGIN IMMEDIATE');
  try {
    await writer.runMigrations({ transaction: 'none' });
    await runner.query('COMMIT');
  } catch (error) {
    // A full disk makes SQLite roll back by itself; the first error has the reason.
    await runner.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}
