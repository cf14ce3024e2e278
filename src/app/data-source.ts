import 'reflect-metadata';
import { readConfiguration } from '../platform/config/read-configuration.js';
import { readEnvironment } from '../platform/config/read-environment.js';
import { MigrationSource } from '../platform/database/migrations/migration-source.js';
import { ENTITIES } from './entities.js';

/** For TypeORM's command line (`npm run migration:*`): the database that the program would use. */
export const source = new MigrationSource(readConfiguration(readEnvironment()).database, ENTITIES);
