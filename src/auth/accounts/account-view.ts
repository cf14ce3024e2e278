import type { Account } from './account.entity.js';

/** An account without its secrets, so that it may be stored in an idempotency record. */
export type AccountView = Pick<
  Account,
  'id' | 'username' | 'email' | 'role' | 'createdAt' | 'updatedAt' | 'disabledAt'
>;

export function accountView(account: Account): AccountView {
  const { id, username, email, role, createdAt, updatedAt, disabledAt } = account;
  return { id, username, email, role, createdAt, updatedAt, disabledAt };
}
