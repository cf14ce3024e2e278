import { resolve } from 'node:path';
import { inspect, parseArgs } from 'node:util';
import Database from 'better-sqlite3';
import { readConfiguration } from '../../platform/config/read-configuration.js';
import { StartError } from '../../platform/errors/start-error.js';
import { readEnvironment } from '../../platform/config/environment/read-environment.js';
import { BackupRefused } from './backup-refused.js';

/** What to do if the target file exists. */
export type Existing = 'refuse' | 'replace';

export interface BackupOptions {
  /** Path of the SQLite database. */
  readonly database: string;
  /** Path of the backup. */
  readonly file: string;
  readonly existing: Existing;
}

interface Command {
  readonly usage: string;
  /** What to use instead if the database is PostgreSQL. */
  readonly onPostgres: string;
  /** Returns the message for the operator. */
  readonly run: (options: BackupOptions) => Promise<string>;
}

/** Runs `npm run NAME -- FILE [--force]`. Prints the result, or an expected error as one line. */
export function runCommand({ usage, onPostgres, run }: Command): void {
  const main = async (): Promise<void> => {
    const { file, existing } = readArguments(usage);
    const { database } = readConfiguration(readEnvironment());
    if (database.kind === 'postgres') {
      throw new BackupRefused(`The database is PostgreSQL: ${onPostgres} (docs/backup.md)`);
    }
    process.stdout.write(await run({ database: database.file, file, existing }));
  };
  main().catch((error: unknown) => {
    process.stderr.write(`${describe(error)}\n`);
    process.exitCode = 1;
  });
}

function readArguments(usage: string): Pick<BackupOptions, 'file' | 'existing'> {
  try {
    const { values, positionals } = parseArgs({
      options: { force: { type: 'boolean', default: false } },
      allowPositionals: true,
    });
    const [file] = positionals;
    if (!file || positionals.length > 1) throw new BackupRefused(usage);
    return { file: resolve(file), existing: values.force ? 'replace' : 'refuse' };
  } catch (error) {
    if (error instanceof BackupRefused) throw error;
    throw new BackupRefused(usage, { cause: error });
  }
}

/** An error that the operator can fix is one line. Any other error is a bug and needs its stack trace. */
function describe(error: unknown): string {
  if (error instanceof BackupRefused || error instanceof StartError) return error.message;
  // For example a full disk or a missing permission; the message names the file.
  if (error instanceof Error && 'syscall' in error) return error.message;
  if (error instanceof Database.SqliteError) return error.message;
  return inspect(error);
}
