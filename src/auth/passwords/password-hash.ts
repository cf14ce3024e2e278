import { verify } from '@node-rs/argon2';
import { matchesWerkzeug, parseWerkzeugHash } from './werkzeug-hash.js';

/** OWASP Password Storage Cheat Sheet: Argon2id with 19 MiB of memory, 2 passes, 1 lane. */
export const ARGON2ID = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
/** The beginning of every hash with the current parameters. */
export const CURRENT_HASH_PREFIX = `$argon2id$v=19$m=${ARGON2ID.memoryCost},t=${ARGON2ID.timeCost},p=${ARGON2ID.parallelism}$`;

/** Stored instead of a hash if the account cannot log in: no password matches it. */
export const LOCKED = '!';

/** The maximum cost of checking one hash; memory in KiB. */
const MAX_ARGON2 = { memoryCost: 131_072, timeCost: 10, parallelism: 8 };

/**
 * `current` is Argon2id with the current parameters, `outdated` is Argon2id with other parameters,
 * `legacy` is a Werkzeug hash, and no password matches an `unusable` hash.
 */
export type HashKind = 'current' | 'outdated' | 'legacy' | 'unusable';

/** Determines the kind of a stored hash without hashing anything. */
export function kindOf(hash: string): HashKind {
  if (isBoundedArgon2(hash)) return needsRehash(hash) ? 'outdated' : 'current';
  return parseWerkzeugHash(hash) ? 'legacy' : 'unusable';
}

/** Whether the hash has another algorithm or other parameters than the current ones. */
export function needsRehash(hash: string): boolean {
  return !hash.startsWith(CURRENT_HASH_PREFIX);
}

/** Checks a password off the event loop. Returns false immediately for an unusable hash. */
export async function verifyPassword(hash: string, password: string): Promise<boolean> {
  // A hash with an invalid salt or parameters matches no password.
  if (isBoundedArgon2(hash)) return verify(hash, password).catch(() => false);
  const imported = parseWerkzeugHash(hash);
  return imported ? matchesWerkzeug(imported, password) : false;
}

function isBoundedArgon2(hash: string): boolean {
  const match = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$[\w+/]+\$[\w+/]+$/.exec(hash);
  if (!match) return false;
  const [, memoryCost = 0, timeCost = 0, parallelism = 0] = match.map(Number);
  return (
    memoryCost <= MAX_ARGON2.memoryCost &&
    timeCost <= MAX_ARGON2.timeCost &&
    parallelism <= MAX_ARGON2.parallelism
  );
}
