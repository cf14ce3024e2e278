import type { ClientInfo } from '../../platform/principal.js';
import { canBeStored, shorten } from '../../platform/text.js';

/** Maximum length of the `User-Agent` that is stored with a session. */
const MAX_LENGTH = 200;

/** The shortened `User-Agent` that a session stores; null if it is missing or cannot be stored. */
export function clientName({ userAgent }: ClientInfo): string | null {
  if (!userAgent || !canBeStored(userAgent)) return null;
  return shorten(userAgent, MAX_LENGTH);
}
