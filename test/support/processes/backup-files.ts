import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { MIGRATIONS } from '../../../src/platform/database/migrations/index.js';
import {
  openWriteDatabase,
  WriteDatabase,
  writerOptions,
} from '../../../src/platform/database/data-sources.js';
import { type CliResult, runCli } from './run-cli.js';
import { temporaryDirectory } from '../app/temporary-directory.js';

/** A folder with a program's data, and one for backups. */
export class BackupFiles implements Disposable {
  readonly folder = temporaryDirectory();
  readonly dataDirectory = join(this.folder, 'data');
  readonly database = join(this.dataDirectory, 'vpms.db');
  readonly backups = join(this.folder, 'backups');
  readonly file = join(this.backups, 'today.db');

  constructor() {
    mkdirSync(this.dataDirectory);
    mkdirSync(this.backups);
  }

  /** Makes an empty VPMS database to which the first `migrations` migrations are applied, by default all. */
  async make(path: string, migrations = MIGRATIONS.length): Promise<void> {
    if (migrations === MIGRATIONS.length) return (await openWriteDatabase(path, [])).destroy();
    const writer = new WriteDatabase({
      ...writerOptions(path, []),
      migrations: MIGRATIONS.slice(0, migrations),
    });
    await writer.initialize();
    await writer.runMigrations();
    await writer.destroy();
  }

  /** Names of the files in the folder, sorted. */
  list(folder: string): string[] {
    return readdirSync(folder).toSorted();
  }

  backUp(...args: readonly string[]): Promise<CliResult> {
    return this.run('backup', args);
  }

  restore(...args: readonly string[]): Promise<CliResult> {
    return this.run('restore', args);
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private run(command: string, args: readonly string[]): Promise<CliResult> {
    const environment = { DATA_DIR: this.dataDirectory };
    return runCli(`tools/backup/${command}-cli.js`, { args, environment });
  }
}

/** The entries of the audit log of the SQLite file. */
export function auditOf(file: string): unknown[] {
  const database = new Database(file, { readonly: true, fileMustExist: true });
  const columns = 'recorded_at, action, actor_name, target_type, values_after';
  const entries = database.prepare(`SELECT ${columns} FROM audit_log ORDER BY id`).all();
  database.close();
  return entries;
}
