import type { ClientInfo } from '../../platform/principal.js';
import { canBeStored, shorten } from '../../platform/text.js';

/** Maximum length of the `User-Agent` that is stored with a session. */
const MAX_LENGTH = 200;

/** What a session shows of the program that logged in; null if it did not identify itself. */
export function clientName({ userAgent }: ClientInfo): string | null {
  if (!userAgent || !canBeStored(userAgent)) return null;
  return shorten(userAgent, MAX_LENGTH);
}
