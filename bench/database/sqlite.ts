import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { BenchDatabase, DatabaseKind } from './bench-database.js';

/** As the program calls it. */
const FILE = 'vpms.db';

/** Files in temporary folders: TMPDIR chooses the disk. */
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
  return {
    directory,
    environment: { DATA_DIR: directory },
    query: async (sql) => query(join(directory, FILE), sql),
    remove: async () => rmSync(directory, { recursive: true, force: true }),
  };
}

function query<Row>(file: string, sql: string): Row[] {
  const connection = new Database(file, { timeout: 5_000 });
  try {
    // For the preparation; the servers under test have connections of their own.
    connection.pragma('synchronous = OFF');
    connection.pragma('cache_size = -200000');
    const statement = connection.prepare<[], Row>(sql);
    if (statement.reader) return statement.all();
    statement.run();
    return [];
  } finally {
    connection.close();
  }
}
