import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Configuration } from './configuration.js';
import { storageReason } from '../errors/storage-reason.js';
import { codePoints } from '../text.js';
import { makePrivateIfPresent } from '../private-files.js';
import { StartError } from '../errors/start-error.js';
import { hasErrorCode } from '../errors/error-text.js';

const FILE_NAME = 'jwt-secret';
const BYTES = 48;
/** 48 random bytes in base64url. */
const GENERATED_SECRET = /^[\w-]{64}$/;
/** Minimum length of a secret, in characters. */
export const MIN_SECRET_LENGTH = 32;
/** Minimum number of distinct characters; 32 random ones have more. */
const MIN_DIFFERENT = 8;
/** The keys in the order of a keyboard: 0 follows 9, and each row follows the one above. */
const KEYBOARD_ROWS = '1234567890qwertyuiopasdfghjklzxcvbnm';

/**
 * Secrets from documentation and tutorials, which attackers try first. Only their letters and
 * digits are listed.
 */
const PUBLISHED_SECRETS = [
  '32randomcharactersormore',
  'changeme',
  'yoursecret',
  'mysecret',
  'jwtsecret',
  'supersecret',
  'secretkey',
  'your256bitsecret',
];

/**
 * Whether the secret can be found from one token that it signed: by brute force, because it is
 * short or has few distinct characters; or by trying repeated words, runs such as `abcdef` and
 * published examples.
 */
export function isGuessable(secret: string): boolean {
  if (codePoints(secret) < MIN_SECRET_LENGTH || new Set(secret).size < MIN_DIFFERENT) return true;
  const letters = secret.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');
  const withoutNumber = letters.replace(/\d+$/, '');
  return (
    [secret, letters, withoutNumber].some(isRepetition) ||
    hasLongRun(secret) ||
    PUBLISHED_SECRETS.some((text) => withoutNumber.includes(text))
  );
}

/** Whether the text consists of repetitions of its beginning. The last repetition may be incomplete. */
function isRepetition(text: string): boolean {
  for (let period = 1; period <= text.length / 2; period += 1) {
    if (text.slice(period) === text.slice(0, text.length - period)) return true;
  }
  return false;
}

/**
 * Whether at least two thirds of the characters equal or adjoin the previous character in the alphabet, the
 * digits or a row of keys.
 */
function hasLongRun(text: string): boolean {
  let continued = 0;
  for (let index = 1; index < text.length; index += 1) {
    const pair = text.slice(index - 1, index + 1).toLowerCase();
    const step = pair.charCodeAt(1) - pair.charCodeAt(0);
    if (Math.abs(step) <= 1 || KEYBOARD_ROWS.includes(pair)) continued += 1;
  }
  return continued * 3 >= text.length * 2;
}

/**
 * The secret that signs tokens: the configured one, or the generated one.
 * @throws StartError as {@link loadOrCreateTokenSecret}
 */
export function tokenSecret({
  jwtSecret,
  dataDirectory,
}: Pick<Configuration, 'jwtSecret' | 'dataDirectory'>): string {
  return jwtSecret ?? loadOrCreateTokenSecret(dataDirectory);
}

/**
 * Loads the generated secret that signs tokens, or creates it with mode 0600. The file appears in
 * one step, so that two programs that start at the same moment use the same secret.
 * @throws StartError if the file cannot be created or read, or holds no secret.
 */
export function loadOrCreateTokenSecret(dataDirectory: string): string {
  const file = join(dataDirectory, FILE_NAME);
  try {
    if (!existsSync(file)) create(file);
    makePrivateIfPresent(file);
    return read(file);
  } catch (error) {
    if (error instanceof StartError) throw error;
    throw new StartError(`The token secret ${file} cannot be used: ${storageReason(error)}`, {
      cause: error,
    });
  }
}

function read(file: string): string {
  const secret = readFileSync(file, 'utf8').trim();
  if (GENERATED_SECRET.test(secret)) return secret;
  throw new StartError(
    `${file} contains no token secret, or only part of one; restore it from a backup, or remove it: ` +
      'a new one is then generated, and everyone must log in again',
  );
}

function create(file: string): void {
  const draft = `${file}.${process.pid}`;
  try {
    writeFileSync(draft, randomBytes(BYTES).toString('base64url'), { mode: 0o600, flush: true });
    linkSync(draft, file);
  } catch (error) {
    if (!hasErrorCode(error, 'EEXIST')) throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}
