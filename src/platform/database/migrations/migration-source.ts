import { DataSource, type DataSourceOptions, type Migration } from 'typeorm';
import type { DatabaseSettings } from '../../config/configuration.js';
import { type Entities, writerOptions } from '../data-sources.js';
import { withMigrationLock } from './migration-lock.js';
import { maintenanceOptions } from '../postgres/postgres.js';

type RunOptions = Parameters<DataSource['runMigrations']>[0];
type UndoOptions = Parameters<DataSource['undoLastMigration']>[0];

/**
 * The data source of TypeORM's command line. It migrates under the same lock as a starting program,
 * so both may run at once, and without a timeout.
 */
export class MigrationSource extends DataSource {
  constructor(
    private readonly settings: DatabaseSettings,
    entities: Entities,
  ) {
    super(optionsOf(settings, entities));
  }

  override runMigrations(options?: RunOptions): Promise<Migration[]> {
    return this.alone((transaction) => super.runMigrations({ ...options, transaction }));
  }

  override undoLastMigration(options?: UndoOptions): Promise<void> {
    return this.alone((transaction) => super.undoLastMigration({ ...options, transaction }));
  }

  /** Runs the work in one transaction and under the lock, which on SQLite is the write lock. */
  private async alone<T>(work: (transaction: 'all' | 'none') => Promise<T>): Promise<T> {
    const { settings } = this;
    if (settings.kind === 'postgres') return withMigrationLock(settings.url, () => work('all'));
    const runner = this.createQueryRunner();
    await runner.query('BEGIN IMMEDIATE');
    try {
      const result = await work('none');
      await runner.query('COMMIT');
      return result;
    } catch (error) {
      await runner.query('ROLLBACK').catch(() => undefined);
      throw error;
    }
  }
}

function optionsOf(settings: DatabaseSettings, entities: Entities): DataSourceOptions {
  if (settings.kind === 'sqlite') return writerOptions(settings.file, entities);
  return maintenanceOptions(settings, entities);
}
