import type { Tx } from '../../platform/database/tx.js';
import { caseFolded } from '../../platform/text.js';
import { EmailTaken, UsernameTaken } from '../errors.js';
import { Account } from './account.entity.js';

type Fields = Pick<Account, 'username' | 'email' | 'passwordHash' | 'role'>;

/** The row of a new account, whose e-mail address is not confirmed. */
export function newAccount(fields: Fields, now: Date): Omit<Account, 'id'> {
  return {
    ...fields,
    usernameKey: caseFolded(fields.username),
    emailKey: caseFolded(fields.email),
    createdAt: now,
    updatedAt: now,
    disabledAt: null,
    erasedAt: null,
    emailConfirmedAt: null,
    unsubscribedAt: null,
  };
}

/**
 * Inserts the account and returns its id. The unique indexes detect conflicts, because a check before the
 * insert would be a race.
 * @throws UsernameTaken | EmailTaken if another account has the name or address (case-insensitively)
 */
export async function insertAccount(tx: Tx, account: Omit<Account, 'id'>): Promise<number> {
  const { username, usernameKey, email, emailKey, passwordHash, role } = account;
  const [row] = await tx.sql<{ id: number }[]>`
    INSERT INTO accounts (username, username_key, email, email_key, password_hash, role, created_at,
      updated_at, email_confirmed_at)
    VALUES (${username}, ${usernameKey}, ${email}, ${emailKey}, ${passwordHash}, ${role},
      ${account.createdAt.getTime()}, ${account.updatedAt.getTime()},
      ${account.emailConfirmedAt?.getTime() ?? null})
    ON CONFLICT DO NOTHING RETURNING id`;
  if (row) return row.id;
  throw (await tx.findOneBy(Account, { usernameKey })) ? new UsernameTaken() : new EmailTaken();
}
