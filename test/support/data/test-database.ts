import { basename, join } from 'node:path';
import { Pool } from './pg.js';
import { inject } from 'vitest';
import { querySqlite } from './database-file.js';
import { MIGRATED_DATABASE } from './migrated-database.js';

/**
 * True in the Vitest project `postgres`, in which the specs for both databases run a second time.
 */
export const ON_POSTGRES = process.env['VPMS_TEST_DATABASE'] === 'postgres';

/** Small, because all concurrent applications share a server with 300 connections. */
const POOL_SIZE = 8;
/**
 * In milliseconds: a thousand factories connect at once, and the last one waits long on a busy
 * machine.
 */
const CONNECT_TIMEOUT = 25_000;

/** The variables with which a program uses the database that belongs to the folder. */
export function databaseEnvironment(dataDirectory: string): Record<string, string> {
  if (!ON_POSTGRES) return {};
  return {
    DATABASE_URL: databaseUrl(dataDirectory),
    DATABASE_POOL_SIZE: String(POOL_SIZE),
    DATABASE_CONNECT_TIMEOUT: String(CONNECT_TIMEOUT),
  };
}

/**
 * Creates the folder's database if it does not exist. On SQLite it is a file that the program
 * creates itself.
 */
export async function createTestDatabase(dataDirectory: string): Promise<void> {
  if (!ON_POSTGRES) return;
  const name = databaseName(dataDirectory);
  const found = await queryServer(`SELECT 1 FROM pg_database WHERE datname = '${name}'`);
  if (found.length === 0) {
    await queryServer(`CREATE DATABASE "${name}" TEMPLATE ${MIGRATED_DATABASE}`);
  }
}

export async function dropTestDatabase(dataDirectory: string): Promise<void> {
  if (!ON_POSTGRES) return;
  const url = databaseUrl(dataDirectory);
  await pools.get(url)?.end();
  pools.delete(url);
  await queryServer(`DROP DATABASE IF EXISTS "${databaseName(dataDirectory)}" WITH (FORCE)`);
}

/** Runs one statement on a separate connection; returns its rows. */
export async function queryDatabase<Row extends object>(
  dataDirectory: string,
  sql: string,
): Promise<Row[]> {
  if (ON_POSTGRES) return queryPostgres<Row>(databaseUrl(dataDirectory), sql);
  return querySqlite<Row>(join(dataDirectory, 'vpms.db'), sql);
}

export async function countRows(
  dataDirectory: string,
  table: string,
  condition = 'TRUE',
): Promise<number> {
  const sql = `SELECT COUNT(*) AS number FROM ${table} WHERE ${condition}`;
  const [row] = await queryDatabase<{ number: number }>(dataDirectory, sql);
  return row?.number ?? 0;
}

function queryServer(sql: string): Promise<object[]> {
  return queryPostgres(inject('postgresUrl'), sql);
}

/** Connections of the tests to each database. Opening one for each query took a third of the tests' time. */
const pools = new Map<string, Pool>();

async function queryPostgres<Row extends object>(url: string, sql: string): Promise<Row[]> {
  const pool = pools.get(url) ?? openPool(url);
  return (await pool.query<Row>(sql)).rows;
}

function openPool(url: string): Pool {
  const pool = new Pool({ connectionString: url, max: POOL_SIZE, allowExitOnIdle: true });
  // The server ends idle connections to a database that is dropped.
  pool.on('error', () => undefined);
  pools.set(url, pool);
  return pool;
}

/** The name of the database is unique, because the name of the folder is random. */
function databaseName(dataDirectory: string): string {
  return basename(dataDirectory);
}

function databaseUrl(dataDirectory: string): string {
  const url = new URL(inject('postgresUrl'));
  url.pathname = databaseName(dataDirectory);
  return url.href;
}
