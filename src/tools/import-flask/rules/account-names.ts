import { isAccountEmail, isUsername, USERNAME } from '../../../auth/accounts/account-rules.js';
import { caseFolded } from '../../../platform/text.js';
import type { Cell } from '../source/rows.js';

/** Mail to this domain goes nowhere, for good (RFC 2606). */
const PLACEHOLDER_DOMAIN = 'imported.invalid';

/** No id. */
const NOT_OF_THE_FILE = 0;

/**
 * Gives every account a name and an e-mail that ours takes. Whoever has a good one keeps it, and of
 * several who share one (in any case of letters) the one with the lowest id: so all are told first
 * what they would like, and only then what they get.
 */
export class AccountNames {
  /** By the form that is compared: whose it is. */
  private readonly names = new Map<string, number>();
  private readonly emails = new Map<string, number>();

  /** Keeps both for an account that is not the file's. */
  reserve(username: string, email: string): void {
    claim(this.names, username, NOT_OF_THE_FILE);
    claim(this.emails, email, NOT_OF_THE_FILE);
  }

  /** To be called by ascending id. */
  claim(id: number, username: Cell, email: Cell): void {
    if (typeof username === 'string' && isUsername(username)) claim(this.names, username, id);
    if (typeof email === 'string' && isAccountEmail(email)) claim(this.emails, email, id);
  }

  /** The name as it is, or with a suffix where it is another's or ours would refuse it. */
  nameOf(id: number, username: Cell): string {
    if (typeof username === 'string' && this.names.get(caseFolded(username)) === id) {
      return username;
    }
    const base = acceptable(username);
    for (let attempt = 1; ; attempt += 1) {
      const suffix = attempt === 1 ? `-${id}` : `-${id}-${attempt}`;
      const name = base.slice(0, USERNAME.max - suffix.length) + suffix;
      if (claim(this.names, name, id)) return name;
    }
  }

  /** The e-mail as it is, or a placeholder: a suffix could make it someone else's address. */
  emailOf(id: number, email: Cell): string {
    if (typeof email === 'string' && this.emails.get(caseFolded(email)) === id) return email;
    for (let attempt = 1; ; attempt += 1) {
      const mailbox = attempt === 1 ? `user-${id}` : `user-${id}-${attempt}`;
      const placeholder = `${mailbox}@${PLACEHOLDER_DOMAIN}`;
      if (claim(this.emails, placeholder, id)) return placeholder;
    }
  }
}

/** Whether it was still free. */
function claim(owners: Map<string, number>, text: string, id: number): boolean {
  const key = caseFolded(text);
  if (owners.has(key)) return false;
  owners.set(key, id);
  return true;
}

/** What is left of the name in letters that ours takes: `Zoë Müller` is `Zoe_Muller`. */
function acceptable(username: Cell): string {
  const text = username === null || Buffer.isBuffer(username) ? '' : String(username);
  const plain = text
    .trim()
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^A-Za-z0-9._-]+/g, '_');
  return /[A-Za-z0-9]/.test(plain) ? plain : 'user';
}
