import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { ClientBase } from 'pg';
import { DataSource, type QueryRunner } from 'typeorm';
import { Account } from '../../auth/accounts/account.entity.js';
import { Session } from '../../auth/sessions/session.entity.js';
import type { Configuration, PostgresSettings } from '../../platform/config/configuration.js';
import { StartError } from '../../platform/errors/start-error.js';
import { openWriteDatabase } from '../../platform/database/data-sources.js';
import { serverOf } from '../../platform/database/describe-database.js';
import { migratePostgres, maintenanceOptions } from '../../platform/database/postgres/postgres.js';
import { PostgresTransactionRunner } from '../../platform/database/postgres/postgres-transaction-runner.js';
import { PostgresTx } from '../../platform/database/postgres/postgres-tx.js';
import { sqliteStatements } from '../../platform/database/sqlite/sqlite-statements.js';
import { Tx } from '../../platform/database/tx.js';
import { SqliteTransactionRunner } from '../../platform/database/sqlite/sqlite-transaction-runner.js';
import { TransactionRunner, type UnitOfWork } from '../../platform/database/transaction-runner.js';
import { ImportRefused } from './import-refused.js';
import { errorText } from '../../platform/errors/error-text.js';

/** SQLite's page cache in KiB; the indexes of a large import fit into it. */
const CACHE_KIBIBYTES = 64 * 1024;

const ENTITIES = [Account, Session];

/** `dry-run` performs the whole import and rolls it back. */
export type Mode = 'write' | 'dry-run';

/** The VPMS database to import into. */
export interface Target extends AsyncDisposable {
  readonly transactions: TransactionRunner;
}

/**
 * Opens the configured database and creates it if it is missing. A dry run without a SQLite file uses a
 * temporary one.
 * @throws ImportRefused while VPMS uses the database
 * @throws StartError if the database cannot be used
 */
export function openTarget({ database }: Configuration, mode: Mode): Promise<Target> {
  return database.kind === 'sqlite'
    ? openSqliteTarget(database.file, mode)
    : openPostgresTarget(database, mode);
}

async function openSqliteTarget(file: string, mode: Mode): Promise<Target> {
  const exists = existsSync(file);
  if (exists) assertNotInUse(file);
  const folder = exists || mode === 'write' ? undefined : mkdtempSync(join(tmpdir(), 'vpms-'));
  const writer = await openWriteDatabase(folder ? join(folder, 'vpms.db') : file, ENTITIES);
  await writer.query(`PRAGMA cache_size = -${CACHE_KIBIBYTES}`);
  return {
    transactions:
      mode === 'write'
        ? new SqliteTransactionRunner(writer)
        : new DryRunRunner(
            writer,
            async ({ manager }) => new Tx(writer, manager, sqliteStatements(writer)),
          ),
    async [Symbol.asyncDispose]() {
      await writer.destroy();
      if (folder) rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Opens a single connection without a statement timeout. */
async function openPostgresTarget(settings: PostgresSettings, mode: Mode): Promise<Target> {
  const source = new DataSource(maintenanceOptions(settings, ENTITIES));
  try {
    await migratePostgres(settings);
    await source.initialize();
  } catch (error) {
    throw new StartError(`${serverOf(settings.url)} cannot be used: ${errorText(error)}`, {
      cause: error,
    });
  }
  await assertNoRunningProgram(source);
  return {
    transactions:
      mode === 'write'
        ? new PostgresTransactionRunner(source)
        : new DryRunRunner(
            source,
            async (runner) =>
              new PostgresTx(source, runner.manager, (await runner.connect()) as ClientBase),
          ),
    [Symbol.asyncDispose]: () => source.destroy(),
  };
}

async function assertNoRunningProgram(source: DataSource): Promise<void> {
  const [running] = await source.sql<{ pid: number }[]>`
    SELECT pid FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = 'vpms' LIMIT 1`;
  if (!running) return;
  await source.destroy();
  throw new ImportRefused('The database is in use: stop VPMS first');
}

/** Runs a unit of work, returns its result and rolls it back. */
class DryRunRunner extends TransactionRunner {
  constructor(
    private readonly source: DataSource,
    private readonly openTx: (runner: QueryRunner) => Promise<Tx>,
  ) {
    super();
  }

  override async run<T>(unit: UnitOfWork<T>): Promise<T> {
    const runner = this.source.createQueryRunner();
    await runner.startTransaction();
    try {
      return await unit(await this.openTx(runner));
    } finally {
      await runner.rollbackTransaction();
    }
  }
}

/** Every connection to a WAL database holds a lock that an exclusive lock conflicts with. */
function assertNotInUse(path: string): void {
  const probe = new Database(path, { timeout: 0 });
  try {
    probe.pragma('locking_mode = EXCLUSIVE');
    probe.exec('BEGIN IMMEDIATE; ROLLBACK');
  } catch (error) {
    if (!(error instanceof Database.SqliteError)) throw error;
    throw new ImportRefused(
      error.code.startsWith('SQLITE_BUSY')
        ? `The database ${path} is in use: stop VPMS first`
        : `The database ${path} cannot be used: ${error.message}`,
    );
  } finally {
    probe.close();
  }
}
