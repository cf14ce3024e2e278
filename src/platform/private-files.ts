import { chmodSync, closeSync, existsSync, mkdirSync, openSync, statSync } from 'node:fs';
import { errorText } from './errors/error-text.js';
import { StartError } from './errors/start-error.js';

const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;
/** The permissions of the group and of all others. */
const OTHERS = 0o077;
/** In a folder with this bit, such as /tmp, users keep files beside those of others. */
const STICKY = 0o1000;

/**
 * Creates the folder if it is missing, and makes it accessible to this user only (mode 0700).
 * @throws StartError if that is impossible or would lock other users out of a shared folder; the file
 * system's error if the folder cannot be created
 */
export function makePrivateFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: FOLDER_MODE });
  if (isPrivate(folder)) return;
  if ((statSync(folder).mode & STICKY) !== 0) {
    throw new StartError(`${folder} is shared with other users; use a separate folder for VPMS`);
  }
  makePrivate(folder, FOLDER_MODE);
}

/** Creates the file if it is missing, and makes it accessible to this user only (mode 0600). */
export function makePrivateFile(file: string): void {
  closeSync(openSync(file, 'a', FILE_MODE));
  makePrivateIfPresent(file);
}

/** Makes the file accessible to this user only (mode 0600). @throws StartError if impossible */
export function makePrivateIfPresent(file: string): void {
  if (existsSync(file) && !isPrivate(file)) makePrivate(file, FILE_MODE);
}

function makePrivate(path: string, mode: number): void {
  const octal = `0${mode.toString(8)}`;
  const remedy = `other users of this machine could read it; run chmod ${octal} ${path} as its owner`;
  try {
    chmodSync(path, mode);
  } catch (error) {
    throw new StartError(`${path} cannot get mode ${octal} (${errorText(error)}): ${remedy}`, {
      cause: error,
    });
  }
  // Some file systems, for example FAT, ignore the mode.
  if (!isPrivate(path)) {
    throw new StartError(
      `${path} keeps its mode on this file system, so ${remedy}, or use another file system`,
    );
  }
}

/** Windows has no such modes: the access list of the folder applies instead. */
function isPrivate(path: string): boolean {
  return process.platform === 'win32' || (statSync(path).mode & OTHERS) === 0;
}
