import { resolve } from 'node:path';
import { inspect, parseArgs } from 'node:util';
import Database from 'better-sqlite3';
import { readConfiguration, StartError } from '../../platform/config/read-configuration.js';
import { readEnvironment } from '../../platform/config/read-environment.js';
import { BackupRefused } from './backup-refused.js';

/** What to do about a file that would have to give way. */
export type Existing = 'refuse' | 'replace';

export interface Order {
  /** The program's SQLite file. */
  readonly database: string;
  /** The backup. */
  readonly file: string;
  readonly existing: Existing;
}

interface Command {
  readonly usage: string;
  /** What to use where the database is PostgreSQL. */
  readonly onPostgres: string;
  /** Answers what to tell the operator. */
  readonly run: (order: Order) => Promise<string>;
}

/** Runs `npm run NAME -- FILE [--force]`: its result to standard output, a refusal as one line. */
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

function readArguments(usage: string): Pick<Order, 'file' | 'existing'> {
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

/** A reason that the operator can mend is one line; anything else is a fault of ours. */
function describe(error: unknown): string {
  if (error instanceof BackupRefused || error instanceof StartError) return error.message;
  // Such as a full disk or a missing permission: the system's words name the file.
  if (error instanceof Error && 'syscall' in error) return error.message;
  if (error instanceof Database.SqliteError) return error.message;
  return inspect(error);
}
