import 'reflect-metadata';
import { readConfiguration } from './common/config/read-configuration.js';
import { readEnvironment } from './common/config/read-environment.js';
import { MigrationSource } from './common/database/migration-source.js';
import { ENTITIES } from './entities.js';

/** For TypeORM's command line (`npm run migration:*`): the database that the program would use. */
export const source = new MigrationSource(readConfiguration(readEnvironment()).database, ENTITIES);
