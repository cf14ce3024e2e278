import { existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { auditCommand } from './audit-command.js';
import { BackupRefused } from './backup-refused.js';
import type { BackupOptions } from './command.js';
import { checkCopy, type DatabaseContents } from './contents.js';
import { PartFile } from './part-file.js';
import { isSameFile } from './same-file.js';

/** Pages copied per step: 4 MiB with SQLite's default page size. */
const PAGES_PER_STEP = 1_024;

/**
 * Writes a consistent copy of the database while VPMS runs. The backup is audited in the database,
 * not in its copy.
 * @throws BackupRefused if there is no database, if it is damaged, or if the file cannot be written
 */
export async function takeBackup(
  { database, file, existing }: BackupOptions,
  now: Date,
): Promise<DatabaseContents> {
  if (!existsSync(database)) {
    throw new BackupRefused(
      `There is no database ${database}: set DATA_DIR or DATABASE_URL as for VPMS`,
    );
  }
  assertWritableTarget({ database, file, existing });
  using part = new PartFile(file);
  await copySnapshot(database, part.path);
  const contents = checkCopy(part.path, database);
  // Check again, because the target may have changed during the copy.
  assertWritableTarget({ database, file, existing });
  // Recorded before the file exists, so that there is no copy without an entry.
  const { bytes, bookings } = contents;
  auditCommand(database, {
    at: now,
    action: 'database.backed-up',
    after: { file, bytes, bookings },
  });
  part.publish();
  return contents;
}

function assertWritableTarget({ database, file, existing }: BackupOptions): void {
  const folder = dirname(file);
  // A missing folder is not created, because it usually means that a disk is not mounted.
  if (!existsSync(folder)) throw new BackupRefused(`There is no folder ${folder}`);
  const target = statSync(file, { throwIfNoEntry: false });
  if (!target) return;
  if (!target.isFile()) throw new BackupRefused(`${file} is not a file`);
  const isPartOfDatabase = ['', '-wal', '-shm'].some((suffix) =>
    isSameFile(file, database + suffix),
  );
  if (isPartOfDatabase) throw new BackupRefused(`${file} is the database itself`);
  if (existing === 'refuse') {
    throw new BackupRefused(`${file} already exists: choose another name, or add --force`);
  }
}

async function copySnapshot(database: string, copy: string): Promise<void> {
  let source: Database.Database | undefined;
  try {
    source = new Database(database, { readonly: true, fileMustExist: true });
    // Use one snapshot for the whole copy. Without it, every write of VPMS would restart the copy.
    source.exec('BEGIN');
    source.prepare('SELECT 1 FROM sqlite_schema').get();
    await source.backup(copy, { progress: () => PAGES_PER_STEP });
  } catch (error) {
    if (!(error instanceof Database.SqliteError)) throw error;
    throw new BackupRefused(`${database} cannot be copied to ${copy}: ${error.message}`, {
      cause: error,
    });
  } finally {
    source?.close();
  }
}
