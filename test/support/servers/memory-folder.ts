import { accessSync, constants, statfsSync } from 'node:fs';

/** A folder that Linux keeps in memory. */
const MEMORY_FOLDER = '/dev/shm';
/** Several times the space that a run needs. */
const ENOUGH_BYTES = 1024 ** 3;

/**
 * Places temporary files in memory if there is a folder with enough space: the program syncs every
 * commit to SQLite, so a run would mostly wait for the disk. Killing a process does not lose data
 * there either. An existing TMPDIR is kept.
 */
export function useMemoryForTemporaryFiles(): void {
  if (hasRoom(MEMORY_FOLDER)) process.env['TMPDIR'] ??= MEMORY_FOLDER;
}

function hasRoom(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize >= ENOUGH_BYTES;
  } catch {
    return false;
  }
}
