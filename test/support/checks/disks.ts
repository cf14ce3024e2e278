// Checks that a full or read-only disk causes 503 and loses nothing, on a real file system of limited
// size.

import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { hasErrorCode } from '../../../src/platform/errors/error-text.js';
import { temporaryDirectory } from '../app/temporary-directory.js';

/** A temporary file system in memory. */
export interface Disk extends Disposable {
  /** Folder for the data of a program. */
  readonly folder: string;
  /** Fills the remaining space. */
  fill(): void;
  /** Frees the space again. */
  clear(): void;
  /** Remounts with options such as `ro`. */
  remount(options: string): void;
}

/** Only root may mount; for other users the tests are skipped. CI runs as root. */
export const canMount = tryToMount();

export function mountDisk(kibibytes: number): Disk {
  const place = temporaryDirectory();
  mount(place, `size=${kibibytes}k`);
  const filler = join(place, 'filler');
  const folder = join(place, 'data');
  mkdirSync(folder);
  return {
    folder,
    fill() {
      const file = openSync(filler, 'w');
      try {
        for (;;) writeSync(file, Buffer.alloc(4096, 1));
      } catch (error) {
        if (!hasErrorCode(error, 'ENOSPC')) throw error;
      } finally {
        closeSync(file);
      }
    },
    clear: () => rmSync(filler),
    remount: (options) => void execFileSync('mount', ['-o', `remount,${options}`, place]),
    [Symbol.dispose]() {
      execFileSync('umount', ['--lazy', place]);
      rmSync(place, { recursive: true, force: true });
    },
  };
}

function tryToMount(): boolean {
  const folder = temporaryDirectory();
  try {
    mount(folder, 'size=4k');
    execFileSync('umount', [folder]);
    return true;
  } catch {
    process.stderr.write('SKIPPED: the tests of full disks, since only root may mount one\n');
    return false;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function mount(folder: string, options: string): void {
  execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder], { stdio: 'pipe' });
}
