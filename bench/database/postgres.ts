import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, types } from 'pg';
import { startPostgres } from '../../test/support/servers/postgres-server.js';
import type { BenchDatabase, DatabaseKind } from './bench-database.js';

types.setTypeParser(types.builtins.INT8, Number);
types.setTypeParser(types.builtins.NUMERIC, Number);

/** Like a real installation: commits are synced, and there is memory for caches. */
const SETTINGS = ['fsync=on', 'shared_buffers=256MB', 'max_wal_size=4GB'];

/** Creates databases on a temporary server. */
export async function startPostgresKind(): Promise<DatabaseKind> {
  const server = await startPostgres(SETTINGS);
  let made = 0;
  const create = async (template: string): Promise<BenchDatabase> => {
    made += 1;
    const name = `bench${made}`;
    await query(server.url, `CREATE DATABASE ${name} TEMPLATE ${template}`);
    return openDatabase(server.url, name);
  };
  return {
    name: 'postgres',
    create: () => create('template0'),
    copy: ({ environment }) => create(new URL(environment['DATABASE_URL'] ?? '').pathname.slice(1)),
    close: () => server[Symbol.asyncDispose](),
  };
}

function openDatabase(serverUrl: string, name: string): BenchDatabase {
  const directory = mkdtempSync(join(tmpdir(), 'vpms-bench-'));
  const url = new URL(serverUrl);
  url.pathname = name;
  return {
    directory,
    environment: { DATA_DIR: directory, DATABASE_URL: url.href },
    query: (sql) => query(url.href, sql),
    run: async (statements) => {
      for (const sql of statements) await query(url.href, sql);
    },
    remove: async () => {
      rmSync(directory, { recursive: true, force: true });
      await query(serverUrl, `DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
}

async function query<Row>(url: string, sql: string): Promise<Row[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows as Row[];
  } finally {
    await client.end();
  }
}
