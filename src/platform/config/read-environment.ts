import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import type { Environment } from './variable-reader.js';
import { StartError } from '../errors/start-error.js';
import { hasErrorCode } from '../errors/error-text.js';

/** The process's environment, which overrides the `.env` file in the working directory. */
export function readEnvironment(directory = process.cwd()): Environment {
  const file = join(directory, '.env');
  try {
    return { ...parseEnv(readFileSync(file, 'utf8')), ...process.env };
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return process.env;
    throw new StartError(`${file} cannot be read: ${String(error)}`);
  }
}
