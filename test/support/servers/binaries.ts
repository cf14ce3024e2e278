import { spawnSync } from 'node:child_process';
import { accessSync, constants, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Debian installs PostgreSQL outside PATH, in a folder for each major version. */
const DEBIAN_FOLDER = '/usr/lib/postgresql';

export interface ServerBinaries {
  readonly initdb: string;
  readonly postgres: string;
  readonly redis: string;
}

/** The server programs on this machine, and the names of the missing ones. */
export function findServerBinaries(): {
  readonly found: Partial<ServerBinaries>;
  readonly missing: readonly string[];
} {
  const path = (process.env['PATH'] ?? '').split(delimiter);
  const postgresFolders = [...configuredFolder(), ...path, ...debianFolders()];
  // Use one installation for all programs, because a cluster works only with servers of its own version.
  const folder = postgresFolders.find(
    (candidate) => isProgram(join(candidate, 'initdb')) && isProgram(join(candidate, 'postgres')),
  );
  const redisFolder = path.find((candidate) => isProgram(join(candidate, 'redis-server')));
  return {
    found: {
      ...(folder && { initdb: join(folder, 'initdb'), postgres: join(folder, 'postgres') }),
      ...(redisFolder && { redis: join(redisFolder, 'redis-server') }),
    },
    missing: [...(folder ? [] : ['PostgreSQL']), ...(redisFolder ? [] : ['Redis'])],
  };
}

/** @throws Error if a program is missing */
export function requireServerBinaries(): ServerBinaries {
  const { found, missing } = findServerBinaries();
  const { initdb, postgres, redis } = found;
  if (initdb && postgres && redis) return { initdb, postgres, redis };
  throw new Error(`not found on this machine: ${missing.join(', ')}`);
}

function configuredFolder(): string[] {
  const { status, stdout } = spawnSync('pg_config', ['--bindir'], { encoding: 'utf8' });
  return status === 0 ? [stdout.trim()] : [];
}

/** The folders of the installed versions, the newest first. */
function debianFolders(): string[] {
  try {
    return readdirSync(DEBIAN_FOLDER)
      .toSorted((a, b) => Number(b) - Number(a))
      .map((version) => join(DEBIAN_FOLDER, version, 'bin'));
  } catch {
    return [];
  }
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
