import { closeSync, copyFileSync, fsyncSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { querySqlite } from '../../test/support/data/database-file.js';
import type { BenchDatabase, DatabaseKind } from './bench-database.js';

/** VPMS's name for the file. */
const FILE = 'vpms.db';

/** Files in temporary folders; TMPDIR selects the disk. */
export const SQLITE: DatabaseKind = {
  name: 'sqlite',
  create: async () => openFolder(newFolder()),
  copy: async ({ directory }) => {
    const folder = newFolder();
    copyFileSync(join(directory, FILE), join(folder, FILE));
    return openFolder(folder);
  },
  close: async () => undefined,
};

function newFolder(): string {
  return mkdtempSync(join(tmpdir(), 'vpms-bench-'));
}

function openFolder(directory: string): BenchDatabase {
  const file = join(directory, FILE);
  return {
    directory,
    environment: { DATA_DIR: directory },
    query: async (sql) => querySqlite(file, sql),
    run: async (statements) => runAll(file, statements),
    remove: async () => rmSync(directory, { recursive: true, force: true }),
  };
}

function runAll(file: string, statements: readonly string[]): void {
  const connection = new Database(file);
  try {
    connection.pragma('journal_mode = MEMORY');
    connection.pragma('synchronous = OFF');
    // A negative value is in KiB. This much is enough to sort the indexes of millions of rows.
    connection.pragma('cache_size = -500000');
    // The statements create valid references, and the checks verify them later.
    connection.pragma('foreign_keys = OFF');
    for (const sql of statements) connection.exec(sql);
  } finally {
    connection.close();
  }
  sync(file);
}

/** Syncs to disk, so that the disk is idle when the measurement begins. */
function sync(file: string): void {
  const descriptor = openSync(file, 'r+');
  fsyncSync(descriptor);
  closeSync(descriptor);
}
