import { Logger } from '@nestjs/common';
import { type ClientBase, Pool, types } from 'pg';
import { DataSource, type DataSourceOptions } from 'typeorm';
import type { PostgresSettings } from '../../config/configuration.js';
import { StartError } from '../../config/read-configuration.js';
import type { Usage } from '../database-usage.js';
import { withMigrationLock } from '../migrations/migration-lock.js';
import { MIGRATIONS } from '../migrations/index.js';
import { assertKnownMigrations } from '../migrations/assert-own-database.js';

/** The client gives up this much later than the server, which then has the better reason. */
const CLIENT_MARGIN = 300;

type PostgresOptions = Extract<DataSourceOptions, { type: 'postgres' }>;

const logger = new Logger('Database');

// All our 64-bit integers and sums fit a double exactly; by default they would arrive as text.
types.setTypeParser(types.builtins.INT8, Number);
types.setTypeParser(types.builtins.NUMERIC, Number);

/**
 * Connects to PostgreSQL and brings its schema up to date. One pool reads and writes: a statement
 * outside of a transaction sees only what is committed anyway.
 * @throws StartError where the server cannot be used
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
    const reason = error instanceof Error ? error.message : String(error);
    throw new StartError(`The database at ${host} cannot be used: ${reason}`, { cause: error });
  }
  return source;
}

/** How many connections of this process's pool are in use, and how many requests wait for one. */
export function poolUsage(source: DataSource): Usage {
  const { totalCount, idleCount, waitingCount } = poolOf(source);
  return {
    waiting: waitingCount,
    connections: { used: totalCount - idleCount, idle: idleCount },
  };
}

/** Brings the schema up to date, one instance at a time. */
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
  const [found] = await source.sql<{ isThere: boolean }[]>`
    SELECT to_regclass('migrations') IS NOT NULL AS "isThere"`;
  if (found?.isThere) {
    const run = await source.sql<{ name: string }[]>`SELECT name FROM migrations`;
    assertKnownMigrations(run.map(({ name }) => name));
  }
  await source.runMigrations({ transaction: 'all' });
}

/** Without a statement timeout, which is for requests: an index over many rows takes its minutes. */
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

export function postgresOptions(
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
 * A server that shuts down may say so in the packet of an answer. By then the pool does not listen to
 * that connection any more, whoever gets it does not yet, and an error that nobody hears ends the
 * process. The next statement on the connection fails.
 */
function ignoreErrorsAfterRelease(client: ClientBase): void {
  client.on('error', () => undefined);
}

/** What TypeORM keeps of node-postgres, and does not name in its types. */
export function poolOf({ driver }: DataSource): Pool {
  if ('master' in driver && driver.master instanceof Pool) return driver.master;
  throw new TypeError('The data source has no pool of PostgreSQL connections');
}
