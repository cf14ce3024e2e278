import { Logger } from '@nestjs/common';
import { type ClientBase, Pool, types } from 'pg';
import { DataSource, type DataSourceOptions } from 'typeorm';
import type { PostgresSettings } from '../../config/configuration.js';
import { StartError } from '../../errors/start-error.js';
import type { Usage } from '../database-usage.js';
import { withMigrationLock } from '../migrations/migration-lock.js';
import { MIGRATIONS } from '../migrations/index.js';
import { assertKnownMigrations } from '../migrations/assert-own-database.js';
import { errorText } from '../../errors/error-text.js';

/**
 * Milliseconds by which the client's timeout exceeds the server's, so that the more precise error of the
 * server arrives first.
 */
const CLIENT_MARGIN = 300;

type PostgresOptions = Extract<DataSourceOptions, { type: 'postgres' }>;

const logger = new Logger('Database');

// All 64-bit integers and sums of the schema fit a double exactly; by default node-postgres returns
// them as text.
types.setTypeParser(types.builtins.INT8, Number);
types.setTypeParser(types.builtins.NUMERIC, Number);

/**
 * Connects to PostgreSQL and migrates its schema. One pool serves reads and writes, because a
 * statement outside a transaction sees only committed data.
 * @throws StartError if the server cannot be used
 */
export async function openPostgres(
  settings: PostgresSettings,
  entities: NonNullable<DataSourceOptions['entities']>,
): Promise<DataSource> {
  const source = new DataSource(postgresOptions(settings, entities));
  try {
    await migratePostgres(settings);
    await source.initialize();
  } catch (error) {
    const { host } = new URL(settings.url);
    throw new StartError(`The database at ${host} cannot be used: ${errorText(error)}`, {
      cause: error,
    });
  }
  return source;
}

/** Connections of this process's pool that are in use, and units that wait for one. */
export function poolUsage(source: DataSource): Usage {
  const { totalCount, idleCount, waitingCount } = poolOf(source);
  return {
    waiting: waitingCount,
    connections: { used: totalCount - idleCount, idle: idleCount },
  };
}

/** Migrates the schema, one instance at a time. */
export async function migratePostgres(settings: PostgresSettings): Promise<void> {
  const source = new DataSource(maintenanceOptions(settings, []));
  await source.initialize();
  try {
    await withMigrationLock(settings.url, () => migrate(source));
  } finally {
    await source.destroy();
  }
}

async function migrate(source: DataSource): Promise<void> {
  await assertUnicode(source);
  const [found] = await source.sql<{ isThere: boolean }[]>`
    SELECT to_regclass('migrations') IS NOT NULL AS "isThere"`;
  if (found?.isThere) {
    const run = await source.sql<{ name: string }[]>`SELECT name FROM migrations`;
    assertKnownMigrations(run.map(({ name }) => name));
  }
  await source.runMigrations({ transaction: 'all' });
}

/** Encodings other than UTF-8 cannot store every text, so requests would fail later. @throws StartError */
async function assertUnicode(source: DataSource): Promise<void> {
  const [found] = await source.sql<{ encoding: string }[]>`
    SELECT current_setting('server_encoding') AS encoding`;
  if (found?.encoding === 'UTF8') return;
  throw new StartError(
    `its encoding is ${found?.encoding ?? 'unknown'}, which cannot store all text; create it with ` +
      `CREATE DATABASE vpms ENCODING 'UTF8' TEMPLATE template0`,
  );
}

/** Options without the statement timeout of requests: an index over many rows takes minutes. */
export function maintenanceOptions(
  settings: PostgresSettings,
  entities: NonNullable<DataSourceOptions['entities']>,
): PostgresOptions {
  return {
    ...postgresOptions(settings, entities),
    applicationName: 'vpms tools',
    extra: { keepAlive: true },
  };
}

function postgresOptions(
  { url, poolSize, connectTimeout, statementTimeout }: PostgresSettings,
  entities: NonNullable<DataSourceOptions['entities']>,
): PostgresOptions {
  return {
    type: 'postgres',
    url,
    entities,
    migrations: MIGRATIONS,
    applicationName: 'vpms',
    poolSize,
    connectTimeoutMS: connectTimeout,
    poolErrorHandler: (error: Error) => logger.warn(`a connection was lost: ${error.message}`),
    extra: {
      keepAlive: true,
      statement_timeout: statementTimeout,
      query_timeout: statementTimeout + CLIENT_MARGIN,
      idle_in_transaction_session_timeout: statementTimeout,
      onConnect: ignoreErrorsAfterRelease,
    },
  };
}

/**
 * A server shutdown can emit `error` while a client is between the pool and its new owner, when
 * neither listens. An unhandled `error` event would crash the process; the next query on the client
 * fails anyway.
 */
function ignoreErrorsAfterRelease(client: ClientBase): void {
  client.on('error', () => undefined);
}

/** The pool of node-postgres, which TypeORM's types do not expose. */
export function poolOf({ driver }: DataSource): Pool {
  if ('master' in driver && driver.master instanceof Pool) return driver.master;
  throw new TypeError('The data source has no pool of PostgreSQL connections');
}
