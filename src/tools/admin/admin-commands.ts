import { changeAccount } from '../../auth/accounts/account-changes.js';
import { Account } from '../../auth/accounts/account.entity.js';
import { isAccountEmail, isUsername } from '../../auth/accounts/account-rules.js';
import { insertAccount, newAccount } from '../../auth/accounts/insert-account.js';
import { lockAccount } from '../../auth/accounts/locked-account.js';
import { revokeLinks } from '../../auth/links/account-links.js';
import { accountMailJob } from '../../auth/links/account-mails.js';
import { recordAudit } from '../../platform/audit/audit.js';
import type { TransactionRunner } from '../../platform/database/transaction-runner.js';
import type { Tx } from '../../platform/database/tx.js';
import { insertJob } from '../../platform/queue/delayed/insert-job.js';
import { caseFolded } from '../../platform/text.js';
import { AdminRefused } from './admin-refused.js';

/** What every command of `npm run admin` needs. */
export interface AdminContext {
  readonly transactions: TransactionRunner;
  readonly now: Date;
  readonly isMailConfigured: boolean;
}

const COMMAND_LINE = 'command line';

/** @throws AdminRefused if a registration would not accept the name or the address */
export function assertNewAdmin(username: string, email: string): void {
  if (!isUsername(username)) {
    throw new AdminRefused('NAME must be 3 to 80 letters, digits, ".", "_" or "-".');
  }
  if (!isAccountEmail(email) || !/^[!-~]*$/.test(email)) {
    throw new AdminRefused('EMAIL must be an e-mail address of at most 120 ASCII characters.');
  }
}

/** Creates an operator, and mails a link that confirms the address if mail is configured. @throws UsernameTaken | EmailTaken */
export async function createAdmin(
  { transactions, now: at, isMailConfigured }: AdminContext,
  admin: { readonly username: string; readonly email: string; readonly passwordHash: string },
): Promise<void> {
  await transactions.run(async (tx) => {
    const account = newAccount({ ...admin, role: 'admin' }, at);
    const targetId = await insertAccount(tx, account);
    const after = { username: admin.username, email: admin.email, role: 'admin' };
    await recordAudit(tx, { at, by: COMMAND_LINE, action: 'account.created', targetId, after });
    if (isMailConfigured) await insertJob(tx, accountMailJob(targetId, 'confirm', at), at);
  });
}

/**
 * Sets an operator's password, ends the account's sessions and revokes its password links. Returns
 * the account. @throws AdminRefused if there is no such operator
 */
export function resetPassword(
  { transactions, now: at }: AdminContext,
  username: string,
  passwordHash: string,
): Promise<Account> {
  return transactions.run(async (tx) => {
    const account = await lockAdmin(tx, username);
    await tx.update(Account, { id: account.id }, { passwordHash, updatedAt: at });
    await tx.sql`DELETE FROM sessions WHERE account_id = ${account.id}`;
    await revokeLinks(tx, account.id, 'reset');
    const targetId = account.id;
    await recordAudit(tx, { at, by: COMMAND_LINE, action: 'password.changed', targetId });
    return account;
  });
}

/** Enables an operator. @throws AdminRefused if there is no such operator */
export async function enableAdmin(
  { transactions, now: at }: AdminContext,
  username: string,
): Promise<void> {
  await transactions.run(async (tx) => {
    const account = await lockAdmin(tx, username);
    await changeAccount(tx, account, { changes: { disabled: false }, by: COMMAND_LINE, at });
  });
}

async function lockAdmin(tx: Tx, username: string): Promise<Account> {
  const usernameKey = caseFolded(username);
  const found = await tx.findOneBy(Account, { usernameKey, role: 'admin' });
  if (!found) throw new AdminRefused(`There is no operator ${username}.`);
  return lockAccount(tx, found);
}
