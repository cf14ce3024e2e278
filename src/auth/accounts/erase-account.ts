import { rowLock } from '../../platform/database/locks/row-lock.js';
import type { Tx } from '../../platform/database/tx.js';
import type { Role } from '../../platform/principal.js';
import { TokenRevoked } from '../errors.js';
import { LOCKED } from '../passwords/password-hash.js';
import { Account } from './account.entity.js';
import { assertOtherAdmin } from './locked-account.js';

/** Addresses and networks (see `clientNetwork`) from which the person has logged in. */
export type KnownPlaces = readonly string[];

interface Candidate {
  readonly id: number;
  readonly role: Role;
  /** The hash against which the owner's password was verified. */
  readonly passwordHash: string;
}

/**
 * Locks the account until the unit ends, so that nothing is stored for it meanwhile: inserting a row that
 * refers to an account locks the account `FOR KEY SHARE`.
 * @returns undefined if the password was changed since it was verified
 * @throws TokenRevoked if the account is erased already | LastAdmin
 */
export async function lockToErase(tx: Tx, candidate: Candidate): Promise<Account | undefined> {
  const { id, role, passwordHash } = candidate;
  if (role === 'admin') await assertOtherAdmin(tx, id);
  await tx.sql`SELECT id FROM accounts WHERE id = ${id} ${rowLock(tx, 'FOR UPDATE')}`;
  const account = await tx.findOneBy(Account, { id });
  if (!account || account.erasedAt !== null) throw new TokenRevoked();
  return account.passwordHash === passwordHash ? account : undefined;
}

/**
 * Replaces name and e-mail, which become available again, and deletes sessions, links and known
 * networks. The row stays for the bookings and sums that refer to it.
 */
export async function eraseAccount(tx: Tx, account: Account, at: Date): Promise<KnownPlaces> {
  const { id } = account;
  const sessions = await tx.sql<{ address: string | null }[]>`
    DELETE FROM sessions WHERE account_id = ${id} RETURNING address`;
  const networks = await tx.sql<{ network: string }[]>`
    DELETE FROM login_networks WHERE account_id = ${id} RETURNING network`;
  await tx.sql`DELETE FROM account_links WHERE account_id = ${id}`;
  await tx.sql`DELETE FROM password_checks WHERE account_id = ${id}`;
  // No account can have this name or this address, because of the colon.
  const username = `erased:${id}`;
  const email = `erased:${id}@erased.invalid`;
  await tx.update(
    Account,
    { id },
    {
      username,
      usernameKey: username,
      email,
      emailKey: email,
      passwordHash: LOCKED,
      updatedAt: at,
      erasedAt: at,
    },
  );
  return [
    ...sessions.flatMap(({ address }) => address ?? []),
    ...networks.map(({ network }) => network),
  ];
}
