import { Logger } from '@nestjs/common';
import { Client, type ClientConfig, types } from 'pg';
import type { DataSourceOptions } from 'typeorm';
import type { PostgresSettings } from '../config/configuration.js';
import { StartError } from '../config/read-configuration.js';
import { Reader } from './data-sources.js';
import { MIGRATIONS } from './migrations/index.js';

/** Any number will do, as long as every instance takes the same. */
const MIGRATION_LOCK = 8_676_001;
/** The client gives up this much later than the server, which then has the better reason. */
const CLIENT_MARGIN = 500;

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
): Promise<Reader> {
  const source = new Reader(postgresOptions(settings, entities));
  try {
    await source.initialize();
    await migrate(source);
  } catch (error) {
    if (source.isInitialized) await source.destroy();
    const { host } = new URL(settings.url);
    const reason = error instanceof Error ? error.message : String(error);
    throw new StartError(`The database at ${host} cannot be used: ${reason}`, { cause: error });
  }
  return source;
}

export function postgresOptions(
  { url, poolSize, connectTimeout, statementTimeout }: PostgresSettings,
  entities: NonNullable<DataSourceOptions['entities']>,
): DataSourceOptions {
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
    },
  };
}

/** Under an advisory lock, so that of ten instances that start at once one does it. */
async function migrate(source: Reader): Promise<void> {
  const client = new Client(connectionOf(source));
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await source.runMigrations({ transaction: 'all' });
  } finally {
    await client.end();
  }
}

/** Without a statement timeout: the others wait for as long as the first one migrates. */
function connectionOf({ options }: Reader): ClientConfig {
  return options.type === 'postgres'
    ? { connectionString: options.url, application_name: 'vpms migrations' }
    : {};
}
