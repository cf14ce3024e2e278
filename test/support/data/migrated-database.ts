import { ENTITIES } from '../../../src/app/entities.js';
import { readConfiguration } from '../../../src/platform/config/read-configuration.js';
import { MigrationSource } from '../../../src/platform/database/migrations/migration-source.js';
import { Pool } from './pg.js';

/** An empty database of the current version: the tests copy it, which is faster than migrating. */
export const MIGRATED_DATABASE = 'migrated';

/** Creates the database on the server at `serverUrl`. */
export async function createMigratedDatabase(serverUrl: string): Promise<void> {
  const server = new Pool({ connectionString: serverUrl, max: 1 });
  await server.query(`CREATE DATABASE ${MIGRATED_DATABASE}`);
  await server.end();
  const url = new URL(serverUrl);
  url.pathname = MIGRATED_DATABASE;
  const source = new MigrationSource(readConfiguration({ DATABASE_URL: url.href }).database, ENTITIES);
  await source.initialize();
  await source.runMigrations();
  await source.destroy();
}
