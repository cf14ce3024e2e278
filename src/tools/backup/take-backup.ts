import { existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { BackupRefused } from './backup-refused.js';
import type { Order } from './command.js';
import { checkCopy, type Contents } from './contents.js';
import { PartFile } from './part-file.js';
import { isSameFile } from './same-file.js';

/** Copied at a time: 4 MiB in pages of SQLite's default size. */
const PAGES = 1_024;

/**
 * Writes a copy of the database as it is at this moment, while the program goes on.
 * @throws BackupRefused where there is none, where it is damaged, or the file cannot be written
 */
export async function takeBackup({ database, file, existing }: Order): Promise<Contents> {
  if (!existsSync(database)) {
    throw new BackupRefused(
      `There is no database ${database}: DATA_DIR and DATABASE_URL must be those of the program`,
    );
  }
  refuseTarget({ database, file, existing });
  using part = new PartFile(file);
  await copySnapshot(database, part.path);
  const contents = checkCopy(part.path, database);
  // Once more, since the copy may have taken its time.
  refuseTarget({ database, file, existing });
  part.publish();
  return contents;
}

function refuseTarget({ database, file, existing }: Order): void {
  const folder = dirname(file);
  // Not made: where it is missing, a disk is not mounted more often than not.
  if (!existsSync(folder)) throw new BackupRefused(`There is no folder ${folder}`);
  const target = statSync(file, { throwIfNoEntry: false });
  if (!target) return;
  if (!target.isFile()) throw new BackupRefused(`${file} is not a file`);
  const isPartOfDatabase = ['', '-wal', '-shm'].some((suffix) =>
    isSameFile(file, database + suffix),
  );
  if (isPartOfDatabase) throw new BackupRefused(`${file} is the database itself`);
  if (existing === 'refuse') {
    throw new BackupRefused(`${file} is there already: choose another name, or add --force`);
  }
}

async function copySnapshot(database: string, copy: string): Promise<void> {
  let source: Database.Database | undefined;
  try {
    source = new Database(database, { readonly: true, fileMustExist: true });
    // One snapshot for all of it. Without, each write of the program would begin the copy anew.
    source.exec('BEGIN');
    source.prepare('SELECT 1 FROM sqlite_schema').get();
    await source.backup(copy, { progress: () => PAGES });
  } catch (error) {
    if (!(error instanceof Database.SqliteError)) throw error;
    throw new BackupRefused(`${database} cannot be copied to ${copy}: ${error.message}`, {
      cause: error,
    });
  } finally {
    source?.close();
  }
}
