import { accessSync, constants, statfsSync } from 'node:fs';

/** Linux keeps what is in here in memory. */
const MEMORY_FOLDER = '/dev/shm';
/** The most that a run has been seen to keep at once, several times over. */
const ENOUGH_BYTES = 1024 ** 3;

/**
 * Puts temporary files into memory, where the machine has a folder with room for that: the program
 * under test syncs every commit to SQLite, and most of a run was waiting for the disk. Killing a
 * process loses nothing of what it has written there either. TMPDIR, where it is set, stays.
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
