import { createHash } from 'node:crypto';
import { ValidationFailed } from '../errors/coded-error.js';

export const IDEMPOTENCY_KEY = 'Idempotency-Key';
/** How a key looks: 1 to 255 visible ASCII characters (contract). */
export const KEY_PATTERN = /^[\x21-\x7e]{1,255}$/;

interface RequestParts {
  readonly accountId: number;
  readonly method: string;
  /** Without the query string. */
  readonly path: string;
  readonly key: string;
  /** As parsed. */
  readonly body: unknown;
}

/** What makes two requests the same one, as digests, so that no key and no body is stored. */
export interface KeyedRequest {
  /** Of caller, method, path and key. */
  readonly digest: string;
  /** Of the body, whatever the order of its fields. */
  readonly bodyDigest: string;
  /** For a lock: the first 64 bits of the digest. */
  readonly lockKey: bigint;
}

/** @throws ValidationFailed where the key is none. */
export function keyedRequest({ accountId, method, path, key, body }: RequestParts): KeyedRequest {
  if (!KEY_PATTERN.test(key)) {
    const message = `${IDEMPOTENCY_KEY} must be 1 to 255 visible ASCII characters, without spaces`;
    throw new ValidationFailed([{ field: IDEMPOTENCY_KEY, message }]);
  }
  const digest = sha256(JSON.stringify([accountId, method, path, key]));
  return {
    digest: digest.toString('base64url'),
    bodyDigest: sha256(JSON.stringify(inOrder(body ?? {}))).toString('base64url'),
    lockKey: digest.readBigInt64BE(),
  };
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/**
 * The fields of the body in alphabetical order. What a field holds is not looked into: RequestPipe
 * refuses every object and list, so such a body is never compared, however deep it goes.
 */
function inOrder(body: unknown): unknown {
  if (typeof body !== 'object' || body === null) return body;
  return Object.entries(body)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, field]: [string, unknown]) => [name, typeof field === 'object' ? null : field]);
}
