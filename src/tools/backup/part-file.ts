import { closeSync, fstatSync, fsyncSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { BackupRefused } from './backup-refused.js';

/** For nobody else: there are password hashes in it. */
export const OWNER_ONLY = 0o600;

/**
 * Where a file is written until it is whole, beside its place, so that no half of one is ever found
 * under its name. What an earlier run that was cut off has left there goes away.
 */
export class PartFile implements Disposable {
  readonly path: string;
  /** Open as long as it is ours, so that its number in the file system is nobody else's. */
  private readonly descriptor: number;

  constructor(readonly target: string) {
    this.path = `${target}.part`;
    this.remove();
    this.descriptor = openSync(this.path, 'wx', OWNER_ONLY);
  }

  /**
   * Syncs what was written to disk. To be called before it is given its name.
   * @throws BackupRefused where another run has put its own in its place
   */
  finish(): void {
    if (!this.isOurs()) {
      throw new BackupRefused(`Another run is writing ${this.target} at the same time`);
    }
    fsyncSync(this.descriptor);
  }

  /** Gives it its name, at which nothing or all of it is found, even after a power cut. */
  publish(): void {
    this.finish();
    renameSync(this.path, this.target);
    syncFolder(dirname(this.target));
  }

  [Symbol.dispose](): void {
    if (this.isOurs()) this.remove();
    closeSync(this.descriptor);
  }

  private isOurs(): boolean {
    const { ino } = fstatSync(this.descriptor);
    return statSync(this.path, { throwIfNoEntry: false })?.ino === ino;
  }

  private remove(): void {
    for (const suffix of ['', '-journal', '-wal', '-shm']) {
      rmSync(this.path + suffix, { force: true });
    }
  }
}

/** Waits until the names of the folder are on disk. */
export function syncFolder(folder: string): void {
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
