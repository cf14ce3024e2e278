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
import { BackupRefused } from './backup-refused.js';
import type { Order } from './command.js';
import { checkCopy, type Contents } from './contents.js';
import { holdingDatabase } from './with-exclusive-database.js';
import { OWNER_ONLY, PartFile, syncFolder } from './part-file.js';
import { isSameFile } from './same-file.js';

/** Files beside a database that hold a part of it. */
const COMPANIONS = ['-wal', '-journal'];

export interface Restored {
  readonly contents: Contents;
  /** Where the database that was replaced is now. */
  readonly aside: string | undefined;
}

/**
 * Puts a copy of the backup in the database's place. What was there is kept beside it.
 * @throws BackupRefused, with the database as it was, where the backup is not sound, where there is
 * a database that may not be replaced, or a program that uses it
 */
export async function restoreBackup(order: Order, now: Date): Promise<Restored> {
  const { file, existing } = order;
  // Where it is a link, what SQLite keeps beside it is beside the file that it leads to.
  const database = existsSync(order.database) ? realpathSync(order.database) : order.database;
  refuseSource(file, database);
  if (existing === 'refuse') refuseReplacement(database);
  mkdirSync(dirname(database), { recursive: true });
  using part = new PartFile(database);
  copyFileSync(file, part.path);
  // What is checked is the copy that will be used.
  const contents = checkCopy(part.path, file);
  giveToOwner(part.path, database);
  part.finish();

  const instant = now.toISOString().replaceAll(/[-:.]/g, '');
  const aside = `${database}.before-restore-${instant}`;
  if (!existsSync(database)) {
    setCompanionsAside(database, aside);
    placeNew(part.path, database);
    return { contents, aside: undefined };
  }
  await holdingDatabase(database, () => {
    // At each moment one of the two is the database, also for whoever comes after a power cut.
    linkSync(database, aside);
    setCompanionsAside(database, aside);
    renameSync(part.path, database);
    syncFolder(dirname(database));
  });
  return { contents, aside };
}

function refuseSource(file: string, database: string): void {
  const source = statSync(file, { throwIfNoEntry: false });
  if (!source) throw new BackupRefused(`There is no file ${file}`);
  if (!source.isFile()) throw new BackupRefused(`${file} is not a file`);
  if (isSameFile(file, database)) throw new BackupRefused(`${file} is the database itself`);
  for (const suffix of COMPANIONS) {
    const size = statSync(file + suffix, { throwIfNoEntry: false })?.size ?? 0;
    if (size === 0) continue;
    throw new BackupRefused(
      `${file} is not whole: a part of it is in ${file}${suffix}; npm run backup makes whole ones`,
    );
  }
}

function refuseReplacement(database: string): void {
  if (!existsSync(database)) return;
  if (!statSync(database).isFile()) throw new BackupRefused(`${database} is not a file`);
  throw new BackupRefused(
    `There is a database ${database}: with --force it is replaced, and kept beside the new one`,
  );
}

/** SQLite would take what they hold for a part of the new database. */
function setCompanionsAside(database: string, aside: string): void {
  for (const suffix of COMPANIONS) {
    if (existsSync(database + suffix)) renameSync(database + suffix, aside + suffix);
  }
  // Only an index of the WAL, which SQLite makes anew.
  rmSync(`${database}-shm`, { force: true });
}

/** Unless a program has made one in the meantime. */
function placeNew(path: string, database: string): void {
  try {
    linkSync(path, database);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') {
      refuseReplacement(database);
    }
    throw error;
  }
  rmSync(path);
  syncFolder(dirname(database));
}

/** Whoever restores as root does not run the program as root: it must be able to use its database. */
function giveToOwner(path: string, database: string): void {
  const old = statSync(database, { throwIfNoEntry: false });
  chmodSync(path, old ? old.mode & 0o777 : OWNER_ONLY);
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = old ?? statSync(dirname(database));
  chownSync(path, uid, gid);
}
