import { createHash } from 'node:crypto';
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
}

/** Digests that identify a request, so that neither key nor body is stored. */
export interface KeyedRequest {
  readonly accountId: number;
  /** Digest of account, method, path and key. */
  readonly digest: string;
  /** Digest of the body, independent of the order of its fields. */
  readonly bodyDigest: string;
  /** Key of the advisory lock: the first 64 bits of the digest. */
  readonly lockKey: bigint;
}

/** @throws ValidationFailed for an invalid key */
export function keyedRequest({ accountId, method, path, key, body }: RequestParts): KeyedRequest {
  if (!KEY_PATTERN.test(key)) {
    const message = `${IDEMPOTENCY_KEY} must be 1 to 255 visible ASCII characters, without spaces`;
    throw new ValidationFailed([{ field: IDEMPOTENCY_KEY, message }]);
  }
  const digest = sha256(JSON.stringify([accountId, method, path, key]));
  return {
    accountId,
    digest: digest.toString('base64url'),
    bodyDigest: sha256(JSON.stringify(inOrder(body ?? {}))).toString('base64url'),
    lockKey: digest.readBigInt64BE(),
  };
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/**
 * Sorts the fields of the body by name. Nested values are ignored: RequestPipe refuses them, so
 * such a body never reaches a comparison, and deep nesting costs nothing here.
 */
function inOrder(body: unknown): unknown {
  if (typeof body !== 'object' || body === null) return body;
  return Object.entries(body)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, field]: [string, unknown]) => [name, typeof field === 'object' ? null : field]);
}
