import { pbkdf2, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const deriveByPbkdf2 = promisify(pbkdf2);

/**
 * The maximum cost of checking one hash, so that a hostile hash cannot exhaust the machine.
 * Werkzeug's own parameters are 2^15 × 8 × 1 and 600,000 to 1,000,000 rounds.
 */
const MAX_SCRYPT_WORK = 2 ** 20;
const MAX_PBKDF2_ROUNDS = 5_000_000;
const MAX_LENGTH = 1_000;

/** Length in bytes of the key that Werkzeug derives with each digest. */
const PBKDF2_DIGESTS: ReadonlyMap<string, number> = new Map([
  ['sha1', 20],
  ['sha224', 28],
  ['sha256', 32],
  ['sha384', 48],
  ['sha512', 64],
]);
const SCRYPT_BYTES = 64;
/** Memory that scrypt needs beyond its block of 128 × n × r bytes. */
const SCRYPT_OVERHEAD = 2 ** 20;

/** A hash in the format of Flask's Werkzeug: `method$salt$hex`. */
export interface WerkzeugHash {
  readonly expected: Buffer;
  /** Derives the key off the event loop. */
  readonly derive: (password: string) => Promise<Buffer>;
}

/**
 * Parses `scrypt:n:r:p$salt$hex` and `pbkdf2:digest:rounds$salt$hex`. Returns undefined if the text is
 * neither, if checking the hash would exceed the maximum cost, or if the length of the key does not match
 * the method. A shorter key would be easier to guess.
 */
export function parseWerkzeugHash(text: string): WerkzeugHash | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  const match = /^([a-z0-9:]+)\$([^$]*)\$((?:[0-9a-f]{2})+)$/.exec(text);
  const [, method = '', salt = '', key = ''] = match ?? [];
  const expected = Buffer.from(key, 'hex');
  const derive = scryptOf(method, salt, expected) ?? pbkdf2Of(method, salt, expected);
  return derive && { expected, derive };
}

/** Compares in constant time. */
export async function matchesWerkzeug(hash: WerkzeugHash, password: string): Promise<boolean> {
  return timingSafeEqual(await hash.derive(password), hash.expected);
}

function scryptOf(
  method: string,
  salt: string,
  expected: Buffer,
): WerkzeugHash['derive'] | undefined {
  const [, n = 0, r = 0, p = 0] = /^scrypt:(\d+):(\d+):(\d+)$/.exec(method)?.map(Number) ?? [];
  const powerOfTwo = n > 1 && Number.isInteger(Math.log2(n));
  if (!powerOfTwo || r < 1 || p < 1 || n * r * p > MAX_SCRYPT_WORK) return undefined;
  if (expected.length !== SCRYPT_BYTES) return undefined;
  const maxmem = 128 * r * (n + p) + SCRYPT_OVERHEAD;
  return (password) =>
    new Promise((resolve, reject) => {
      scrypt(password, salt, SCRYPT_BYTES, { N: n, r, p, maxmem }, (error, key) => {
        if (error) reject(error);
        else resolve(key);
      });
    });
}

function pbkdf2Of(
  method: string,
  salt: string,
  expected: Buffer,
): WerkzeugHash['derive'] | undefined {
  const [, digest = '', rounds = ''] = /^pbkdf2:([a-z0-9]+):(\d+)$/.exec(method) ?? [];
  const bytes = PBKDF2_DIGESTS.get(digest);
  const count = Number(rounds);
  if (bytes !== expected.length || count < 1 || count > MAX_PBKDF2_ROUNDS) return undefined;
  return (password) => deriveByPbkdf2(password, salt, count, bytes, digest);
}
