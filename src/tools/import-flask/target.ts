import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { ClientBase } from 'pg';
import { DataSource, type QueryRunner } from 'typeorm';
import { Account } from '../../auth/accounts/account.entity.js';
import { Session } from '../../auth/sessions/session.entity.js';
import type { Configuration, PostgresSettings } from '../../platform/config/configuration.js';
import { StartError } from '../../platform/config/read-configuration.js';
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

/** What SQLite may keep of the file in memory, in KiB: the indexes of a large import fit into it. */
const CACHE_KIBIBYTES = 64 * 1024;

const ENTITIES = [Account, Session];

/** `rehearse` does everything and rolls it back. */
export type Mode = 'write' | 'rehearse';

/** The VPMS database that is written to. */
export interface Target extends AsyncDisposable {
  readonly transactions: TransactionRunner;
}

/**
 * Opens the database that the configuration names, making it where it is missing. A rehearsal on a
 * missing SQLite file gets one for itself, which goes away again.
 * @throws ImportRefused while a VPMS has it open. @throws StartError where it cannot be used.
 */
export function openTarget({ database }: Configuration, mode: Mode): Promise<Target> {
  return database.kind === 'sqlite'
    ? openSqliteTarget(database.file, mode)
    : openPostgresTarget(database, mode);
}

async function openSqliteTarget(file: string, mode: Mode): Promise<Target> {
  const isThere = existsSync(file);
  if (isThere) refuseOpenDatabase(file);
  const folder = isThere || mode === 'write' ? undefined : mkdtempSync(join(tmpdir(), 'vpms-'));
  const writer = await openWriteDatabase(folder ? join(folder, 'vpms.db') : file, ENTITIES);
  await writer.query(`PRAGMA cache_size = -${CACHE_KIBIBYTES}`);
  return {
    transactions:
      mode === 'write'
        ? new SqliteTransactionRunner(writer)
        : new RehearsalRunner(
            writer,
            async ({ manager }) => new Tx(writer, manager, sqliteStatements(writer)),
          ),
    async [Symbol.asyncDispose]() {
      await writer.destroy();
      if (folder) rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** One connection, whose one transaction may take as long as it needs. */
async function openPostgresTarget(settings: PostgresSettings, mode: Mode): Promise<Target> {
  const source = new DataSource(maintenanceOptions(settings, ENTITIES));
  try {
    await migratePostgres(settings);
    await source.initialize();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StartError(`${serverOf(settings.url)} cannot be used: ${reason}`, { cause: error });
  }
  await refuseRunningProgram(source);
  return {
    transactions:
      mode === 'write'
        ? new PostgresTransactionRunner(source)
        : new RehearsalRunner(
            source,
            async (runner) =>
              new PostgresTx(source, runner.manager, (await runner.connect()) as ClientBase),
          ),
    [Symbol.asyncDispose]: () => source.destroy(),
  };
}

async function refuseRunningProgram(source: DataSource): Promise<void> {
  const [running] = await source.sql<{ pid: number }[]>`
    SELECT pid FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = 'vpms' LIMIT 1`;
  if (!running) return;
  await source.destroy();
  throw new ImportRefused('The database is in use: stop VPMS first');
}

/** Answers what a unit of work would, and leaves not a byte of it. */
class RehearsalRunner extends TransactionRunner {
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

/** Whoever has a WAL database open holds a lock on it that an exclusive one does not get past. */
function refuseOpenDatabase(path: string): void {
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
