import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { type Environment, StartError } from './variable-reader.js';

/** The process's environment, which overrides the `.env` file in the working directory. */
export function readEnvironment(directory = process.cwd()): Environment {
  const file = join(directory, '.env');
  try {
    return { ...parseEnv(readFileSync(file, 'utf8')), ...process.env };
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return process.env;
    throw new StartError(`${file} cannot be read: ${String(error)}`);
  }
}
