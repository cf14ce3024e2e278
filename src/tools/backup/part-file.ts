import { closeSync, fstatSync, fsyncSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { BackupRefused } from './backup-refused.js';

/** Readable only by its owner, because a backup contains password hashes. */
export const OWNER_ONLY = 0o600;

/**
 * A temporary file beside the target, so that an incomplete file never has the target's name. Deletes
 * what an earlier, interrupted run left behind.
 */
export class PartFile implements Disposable {
  readonly path: string;
  /** Kept open so that no other file can get the same inode number. */
  private readonly descriptor: number;

  constructor(readonly target: string) {
    this.path = `${target}.part`;
    this.remove();
    this.descriptor = openSync(this.path, 'wx', OWNER_ONLY);
  }

  /**
   * Syncs the content to disk. Must be called before the file gets its final name.
   * @throws BackupRefused if another run has replaced the temporary file
   */
  finish(): void {
    if (!this.isOwnFile()) {
      throw new BackupRefused(`Another run is writing ${this.target} at the same time`);
    }
    fsyncSync(this.descriptor);
  }

  /** Renames the file to the target, atomically even in case of a power failure. */
  publish(): void {
    this.finish();
    renameSync(this.path, this.target);
    syncFolder(dirname(this.target));
  }

  [Symbol.dispose](): void {
    if (this.isOwnFile()) this.remove();
    closeSync(this.descriptor);
  }

  private isOwnFile(): boolean {
    const { ino } = fstatSync(this.descriptor);
    return statSync(this.path, { throwIfNoEntry: false })?.ino === ino;
  }

  private remove(): void {
    for (const suffix of ['', '-journal', '-wal', '-shm']) {
      rmSync(this.path + suffix, { force: true });
    }
  }
}

/** Syncs the directory entries of the folder to disk. */
export function syncFolder(folder: string): void {
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
