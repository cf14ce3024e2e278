import { createHash, randomBytes } from 'node:crypto';

/** Number of random bytes in a key: enough that its digest needs no salt. */
const KEY_BYTES = 32;

/** A new key; its prefix names its purpose. */
export function newAccessKey(prefix: string): string {
  return `${prefix}${randomBytes(KEY_BYTES).toString('base64url')}`;
}

/** The digest under which a key is stored. */
export function accessKeyDigest(key: string): string {
  return createHash('sha256').update(key).digest('base64url');
}
