import { isAccountEmail, isUsername, USERNAME } from '../../../auth/accounts/account-rules.js';
import { caseFolded } from '../../../platform/text.js';
import type { Cell } from '../source/rows.js';

/** A reserved domain: mail to it is never delivered (RFC 2606). */
const PLACEHOLDER_DOMAIN = 'imported.invalid';

/** Owner of names that belong to no account of the file. */
const NO_FILE_ID = 0;

/**
 * Assigns every account a valid, unique username and e-mail address. An account keeps a valid name or
 * address. If several accounts have the same one (compared case-insensitively), the account with the lowest
 * id keeps it. `assign` must therefore be called for all accounts before `nameOf` and `emailOf`.
 */
export class AccountNames {
  /** Maps the case-folded name to the id of its owner. */
  private readonly names = new Map<string, number>();
  private readonly emails = new Map<string, number>();

  /** Reserves the username and the e-mail address of an account that is not in the file. */
  reserve(username: string, email: string): void {
    assignIfFree(this.names, username, NO_FILE_ID);
    assignIfFree(this.emails, email, NO_FILE_ID);
  }

  /** Must be called in ascending order of ids. */
  assign(id: number, username: Cell, email: Cell): void {
    if (typeof username === 'string' && isUsername(username)) {
      assignIfFree(this.names, username, id);
    }
    if (typeof email === 'string' && isAccountEmail(email)) {
      assignIfFree(this.emails, email, id);
    }
  }

  /** Returns the name unchanged, or with a suffix if it is taken or invalid. */
  nameOf(id: number, username: Cell): string {
    if (typeof username === 'string' && this.names.get(caseFolded(username)) === id) {
      return username;
    }
    const base = toValidUsername(username);
    for (let attempt = 1; ; attempt += 1) {
      const suffix = attempt === 1 ? `-${id}` : `-${id}-${attempt}`;
      const name = base.slice(0, USERNAME.max - suffix.length) + suffix;
      if (assignIfFree(this.names, name, id)) return name;
    }
  }

  /** Returns the address unchanged, or a placeholder. A suffix could make it another person's address. */
  emailOf(id: number, email: Cell): string {
    if (typeof email === 'string' && this.emails.get(caseFolded(email)) === id) return email;
    for (let attempt = 1; ; attempt += 1) {
      const mailbox = attempt === 1 ? `user-${id}` : `user-${id}-${attempt}`;
      const placeholder = `${mailbox}@${PLACEHOLDER_DOMAIN}`;
      if (assignIfFree(this.emails, placeholder, id)) return placeholder;
    }
  }
}

/** Returns whether the text was still free. */
function assignIfFree(owners: Map<string, number>, text: string, id: number): boolean {
  const key = caseFolded(text);
  if (owners.has(key)) return false;
  owners.set(key, id);
  return true;
}

/** Replaces characters that a username may not have: `Zoë Müller` becomes `Zoe_Muller`. */
function toValidUsername(username: Cell): string {
  const text = username === null || Buffer.isBuffer(username) ? '' : String(username);
  const plain = text
    .trim()
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^A-Za-z0-9._-]+/g, '_');
  return /[A-Za-z0-9]/.test(plain) ? plain : 'user';
}
