import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { SERVER_LOCK_SUFFIX } from '../../platform/database/sqlite/server-lock.js';
import { auditCommand } from './audit-command.js';
import { BackupRefused } from './backup-refused.js';
import type { BackupOptions } from './command.js';
import { checkCopy, type DatabaseContents } from './contents.js';
import { withExclusiveDatabase } from './with-exclusive-database.js';
import { OWNER_ONLY, PartFile, syncFolder } from './part-file.js';
import { isSameFile } from './same-file.js';
import { hasErrorCode } from '../../platform/errors/error-text.js';

/** Suffixes of the files beside a database that contain a part of its data. */
const SIDECAR_SUFFIXES = ['-wal', '-journal'];

export interface RestoreResult {
  readonly contents: DatabaseContents;
  /** New path of the replaced database; undefined if there was none. */
  readonly previousDatabase: string | undefined;
}

/**
 * Replaces the database with a copy of the backup, and keeps the previous database beside it. The copy's
 * audit log records the restore.
 * @throws BackupRefused if the backup is invalid, if there is a database and it must not be replaced, or
 * if a program uses it; the database is unchanged in these cases
 */
export async function restoreBackup(options: BackupOptions, now: Date): Promise<RestoreResult> {
  const { file, existing } = options;
  // SQLite's sidecar files are beside the target of a symbolic link.
  const database = existsSync(options.database) ? realpathSync(options.database) : options.database;
  assertUsableBackup(file, database);
  if (existing === 'refuse') assertNoDatabase(database);
  mkdirSync(dirname(database), { recursive: true, mode: 0o700 });
  using part = new PartFile(database);
  copyFileSync(file, part.path);
  // Check the copy that will be used, not the original.
  const contents = checkCopy(part.path, file);
  const { bytes, bookings } = contents;
  auditCommand(part.path, {
    at: now,
    action: 'database.restored',
    after: { file, bytes, bookings },
  });
  copyOwnership(part.path, database);
  part.finish();

  const instant = now.toISOString().replaceAll(/[-:.]/g, '');
  const previousDatabase = `${database}.before-restore-${instant}`;
  if (!existsSync(database)) {
    moveSidecars(database, previousDatabase);
    placeNewDatabase(part.path, database);
    return { contents, previousDatabase: undefined };
  }
  await withExclusiveDatabase(database, () => {
    // At every moment, even after a power failure, either the old or the new file is the database.
    linkSync(database, previousDatabase);
    chmodSync(previousDatabase, OWNER_ONLY);
    moveSidecars(database, previousDatabase);
    renameSync(part.path, database);
    syncFolder(dirname(database));
  });
  return { contents, previousDatabase };
}

function assertUsableBackup(file: string, database: string): void {
  const source = statSync(file, { throwIfNoEntry: false });
  if (!source) throw new BackupRefused(`There is no file ${file}`);
  if (!source.isFile()) throw new BackupRefused(`${file} is not a file`);
  if (isSameFile(file, database)) throw new BackupRefused(`${file} is the database itself`);
  for (const suffix of SIDECAR_SUFFIXES) {
    const size = statSync(file + suffix, { throwIfNoEntry: false })?.size ?? 0;
    if (size === 0) continue;
    throw new BackupRefused(
      `${file} is incomplete: a part of it is in ${file}${suffix}; npm run backup makes complete files`,
    );
  }
}

function assertNoDatabase(database: string): void {
  if (!existsSync(database)) return;
  if (!statSync(database).isFile()) throw new BackupRefused(`${database} is not a file`);
  throw new BackupRefused(
    `There is a database ${database}: --force replaces it and keeps it beside the new one`,
  );
}

/** SQLite would apply the old sidecar files to the new database. */
function moveSidecars(database: string, previousDatabase: string): void {
  for (const suffix of SIDECAR_SUFFIXES) {
    if (existsSync(database + suffix)) renameSync(database + suffix, previousDatabase + suffix);
  }
  // SQLite recreates this index of the WAL.
  rmSync(`${database}-shm`, { force: true });
  // A process that was killed leaves this file behind.
  rmSync(database + SERVER_LOCK_SUFFIX, { force: true });
}

/** Fails if a program has created a database in the meantime. */
function placeNewDatabase(path: string, database: string): void {
  try {
    linkSync(path, database);
  } catch (error) {
    if (hasErrorCode(error, 'EEXIST')) {
      assertNoDatabase(database);
    }
    throw error;
  }
  rmSync(path);
  syncFolder(dirname(database));
}

/** If root runs the restore, VPMS must still be able to use the database as its own user. */
function copyOwnership(path: string, database: string): void {
  const old = statSync(database, { throwIfNoEntry: false });
  chmodSync(path, OWNER_ONLY);
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = old ?? statSync(dirname(database));
  chownSync(path, uid, gid);
}
