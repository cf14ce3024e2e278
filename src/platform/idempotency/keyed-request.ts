import { createHash, createHmac } from 'node:crypto';
import { ValidationFailed } from '../errors/coded-error.js';

export const IDEMPOTENCY_KEY = 'Idempotency-Key';
/** A key has 1 to 255 visible ASCII characters. */
export const KEY_PATTERN = /^[\x21-\x7e]{1,255}$/;

interface RequestParts {
  readonly accountId: number;
  readonly method: string;
  /** Without the query string. */
  readonly path: string;
  readonly key: string;
  /** The parsed body. */
  readonly body: unknown;
  /** Returns the secret key with which a password in the body is digested. */
  readonly passwordKey: () => string;
}

/** Digests that identify a request, so that neither key nor body is stored. */
export interface KeyedRequest {
  readonly accountId: number;
  /** Digest of account, method, path and key. */
  readonly digest: string;
  /** Digest of the body, independent of the order of the fields of its objects. */
  readonly bodyDigest: string;
  /** Key of the advisory lock: the first 64 bits of the digest. */
  readonly lockKey: bigint;
}

/** @throws ValidationFailed for an invalid key */
export function keyedRequest({
  accountId,
  method,
  path,
  key,
  body,
  passwordKey,
}: RequestParts): KeyedRequest {
  if (!KEY_PATTERN.test(key)) {
    const message = `${IDEMPOTENCY_KEY} must be 1 to 255 visible ASCII characters, without spaces`;
    throw new ValidationFailed([{ field: IDEMPOTENCY_KEY, message }]);
  }
  const digest = sha256(JSON.stringify([accountId, method, path, key]));
  const bodyText = JSON.stringify(sortedBody(withoutPassword(body ?? {}, passwordKey)));
  return {
    accountId,
    digest: digest.toString('base64url'),
    bodyDigest: sha256(bodyText).toString('base64url'),
    lockKey: digest.readBigInt64BE(),
  };
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/**
 * Replaces a password by a digest with a key that is not in the database. The rest of the body can be
 * guessed, so its plain digest would let a reader of the database try passwords quickly.
 */
function withoutPassword(body: unknown, passwordKey: () => string): unknown {
  if (!isObject(body) || !('password' in body)) return body;
  const digest = createHmac('sha256', passwordKey()).update(JSON.stringify(body.password));
  return { ...body, password: digest.digest('base64url') };
}

/** Sorts the fields by name at every level. Recursion is safe, because a body has few levels. */
function sortedBody(body: unknown): unknown {
  // Sorted entries give a flat body the digest that earlier versions have stored.
  return isObject(body) ? sortedEntries(body) : body;
}

function sortedValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortedValue);
  return isObject(value) ? Object.fromEntries(sortedEntries(value)) : value;
}

function sortedEntries(value: object): [string, unknown][] {
  return Object.entries(value)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, field]: [string, unknown]) => [name, sortedValue(field)]);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
