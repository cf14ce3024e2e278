import { createHash } from 'node:crypto';
import { caseFolded } from '../../platform/text.js';

/**
 * What limits count a name as, known or not, in any case of letters. Hashed, since it may be of any
 * length, and now and then somebody types the password where the name belongs.
 */
export function nameKey(username: string): string {
  return createHash('sha256').update(caseFolded(username)).digest('base64url');
}
