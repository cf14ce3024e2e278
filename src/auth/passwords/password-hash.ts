import { verify } from '@node-rs/argon2';
import { matchesWerkzeug, parseWerkzeugHash } from './werkzeug-hash.js';

/** OWASP Password Storage Cheat Sheet: Argon2id with 19 MiB of memory, 2 passes, 1 lane. */
export const ARGON2ID = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
/** The form of the hashes that we make now. */
export const CURRENT_HASH_PREFIX = `$argon2id$v=19$m=${ARGON2ID.memoryCost},t=${ARGON2ID.timeCost},p=${ARGON2ID.parallelism}$`;

/** Stands where nobody may log in: no password matches it. */
export const LOCKED = '!';

/** The most that checking one hash may cost; memory in KiB. */
const MAX_ARGON2 = { memoryCost: 131_072, timeCost: 10, parallelism: 8 };

/**
 * `present` is Argon2id as we make it now, `older` with other parameters, `imported` is Werkzeug's, and
 * no password matches an `unusable` one.
 */
export type HashKind = 'current' | 'outdated' | 'legacy' | 'unusable';

/** Of what kind the stored text is, told without computing anything. */
export function kindOf(hash: string): HashKind {
  if (isBoundedArgon2(hash)) return needsRehash(hash) ? 'outdated' : 'current';
  return parseWerkzeugHash(hash) ? 'legacy' : 'unusable';
}

/** Whether the hash was made in another way, or with other parameters, than we would now. */
export function needsRehash(hash: string): boolean {
  return !hash.startsWith(CURRENT_HASH_PREFIX);
}

/** Checks off the event loop. An unusable hash matches nothing, and says so at once. */
export async function verifyPassword(hash: string, password: string): Promise<boolean> {
  // What looks like Argon2 and cannot be read, by its salt or its parameters, matches nothing.
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
