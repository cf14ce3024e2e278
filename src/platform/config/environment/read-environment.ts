import { lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type EnvFile, parseEnvFile } from './env-file.js';
import type { Environment } from './variable-reader.js';
import { StartError } from '../../errors/start-error.js';
import { hasErrorCode } from '../../errors/error-text.js';
import { storageReason } from '../../errors/storage-reason.js';

export interface EnvironmentOptions {
  /** Folder of the `.env` file. */
  readonly directory?: string;
  /**
   * Receives one line for each entry of the file that has no effect, or another effect than was probably
   * intended.
   */
  readonly warn?: (warning: string) => void;
}

/**
 * The process's environment, which overrides the `.env` file in the working directory. Warnings go
 * to the error stream by default.
 * @throws StartError if there is a `.env` file that cannot be read or is not UTF-8
 */
export function readEnvironment({
  directory = process.cwd(),
  warn = (warning) => void process.stderr.write(`${warning}\n`),
}: EnvironmentOptions = {}): Environment {
  const file = join(directory, '.env');
  const bytes = readIfPresent(file);
  if (!bytes) return process.env;
  const { variables, warnings } = parse(file, bytes);
  for (const warning of warnings) warn(`${file}, ${warning}`);
  return { ...variables, ...process.env };
}

function readIfPresent(file: string): Uint8Array | undefined {
  try {
    return readFileSync(file);
  } catch (error) {
    // A symbolic link to a missing file is a mistake; a folder without a `.env` file is not.
    if (hasErrorCode(error, 'ENOENT') && !lstatSync(file, { throwIfNoEntry: false })) {
      return undefined;
    }
    throw new StartError(`${file} cannot be read: ${unreadableReason(error)}`, { cause: error });
  }
}

function unreadableReason(error: unknown): string {
  return hasErrorCode(error, 'EACCES', 'EPERM')
    ? 'this user is not permitted to read it (EACCES)'
    : storageReason(error);
}

function parse(file: string, bytes: Uint8Array): EnvFile {
  try {
    return parseEnvFile(bytes);
  } catch (error) {
    throw new StartError(
      `${file} is not UTF-8 text, so none of its variables would apply; save it as UTF-8`,
      { cause: error },
    );
  }
}
