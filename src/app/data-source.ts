import 'reflect-metadata';
import { readConfiguration } from '../platform/config/read-configuration.js';
import { readEnvironment } from '../platform/config/environment/read-environment.js';
import { MigrationSource } from '../platform/database/migrations/migration-source.js';
import { ENTITIES } from './entities.js';

/** The program's database, for TypeORM's command line (`npm run migration:*`). */
export const source = new MigrationSource(readConfiguration(readEnvironment()).database, ENTITIES);
