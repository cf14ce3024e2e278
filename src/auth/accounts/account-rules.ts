import { isEmail } from 'class-validator';
import { codePoints } from '../../platform/text.js';

/** The rules for usernames. */
export const USERNAME = {
  min: 3,
  max: 80,
  pattern: /^[A-Za-z0-9._-]+$/,
  patternText: 'letters, digits, ".", "_" or "-"',
} as const;

/** Maximum length of an e-mail address in characters. */
export const EMAIL_MAX = 120;

/** Whether a registration accepts the name. */
export function isUsername(name: string): boolean {
  return name.length >= USERNAME.min && name.length <= USERNAME.max && USERNAME.pattern.test(name);
}

/** Whether a registration accepts the address. */
export function isAccountEmail(email: string): boolean {
  return codePoints(email) <= EMAIL_MAX && isEmail(email);
}
