import { codePoints } from '../../platform/text.js';

/** Maximum length of a password in characters. */
export const MAX_PASSWORD_LENGTH = 128;

/** Whether a new password has `minLength` to 128 characters. */
export function isPassword(text: string, minLength: number): boolean {
  // A lone surrogate is not a character, and every lone surrogate would have the same hash.
  if (/\p{Surrogate}/u.test(text)) return false;
  const length = codePoints(text);
  return length >= minLength && length <= MAX_PASSWORD_LENGTH;
}
