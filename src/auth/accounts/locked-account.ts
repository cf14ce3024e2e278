import { IsNull } from 'typeorm';
import { rowLock } from '../../platform/database/locks/row-lock.js';
import type { Tx } from '../../platform/database/tx.js';
import type { Role } from '../../platform/principal.js';
import { AccountNotFound, LastAdmin } from '../errors.js';
import { Account } from './account.entity.js';

/** Refers to an account with this role; an account with another role counts as unknown. */
export interface AccountReference {
  readonly id: number;
  readonly role: Role;
}

/** Locks the account until the unit ends. @throws AccountNotFound */
export async function lockAccount(tx: Tx, { id, role }: AccountReference): Promise<Account> {
  const account = await lockAnyAccount(tx, id);
  if (account?.role !== role) throw new AccountNotFound(id);
  return account;
}

/** Locks the account, of any role, until the unit ends. Undefined if it does not exist or is erased. */
export async function lockAnyAccount(tx: Tx, id: number): Promise<Account | undefined> {
  await tx.sql`SELECT id FROM accounts WHERE id = ${id} ${rowLock(tx, 'FOR NO KEY UPDATE')}`;
  return (await tx.findOneBy(Account, { id, erasedAt: IsNull() })) ?? undefined;
}

/**
 * Checks that an admin may be disabled or deleted. Locks all admins, in the order of their ids: if two
 * admins disable each other, the second transaction sees the outcome of the first.
 * @throws LastAdmin if no other admin is enabled
 */
export async function assertOtherAdmin(tx: Tx, accountId: number): Promise<void> {
  await tx.sql`
    SELECT id FROM accounts WHERE role = 'admin' ORDER BY id ${rowLock(tx, 'FOR NO KEY UPDATE')}`;
  const others = await tx.sql`
    SELECT id FROM accounts
    WHERE role = 'admin' AND disabled_at IS NULL AND erased_at IS NULL AND id <> ${accountId}
    LIMIT 1`;
  if (others.length === 0) throw new LastAdmin();
}
