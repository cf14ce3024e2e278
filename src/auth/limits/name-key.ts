import { createHash } from 'node:crypto';
import { caseFolded } from '../../platform/text.js';

/**
 * The key under which rate limits count a username, known or not (case-insensitive). Hashed, because
 * a name may have any length, and people sometimes type their password into the name field.
 */
export function nameKey(username: string): string {
  return createHash('sha256').update(caseFolded(username)).digest('base64url');
}
