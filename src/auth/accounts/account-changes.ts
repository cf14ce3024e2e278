import { Not } from 'typeorm';
import { type AuditEntry, recordAudit } from '../../platform/audit/audit.js';
import { isUniqueViolation } from '../../platform/database/unique-violation.js';
import type { Tx } from '../../platform/database/tx.js';
import { deleteJobsOfAccount } from '../../platform/queue/delayed/account-jobs.js';
import { caseFolded } from '../../platform/text.js';
import { EmailTaken } from '../errors.js';
import { revokeLinks } from '../links/account-links.js';
import { ACCOUNT_MAIL } from '../links/account-mails.js';
import { Account } from './account.entity.js';

export interface AccountChanges {
  readonly disabled?: boolean;
  readonly email?: string;
}

interface Change {
  readonly changes: AccountChanges;
  readonly by: AuditEntry['by'];
  readonly at: Date;
}

/**
 * Changes an account that the unit has locked, and audits what differs. Returns the account as it is
 * afterwards. @throws EmailTaken
 */
export async function changeAccount(tx: Tx, account: Account, change: Change): Promise<Account> {
  const { by, at } = change;
  const { email = account.email, disabled = account.disabledAt !== null } = change.changes;
  const isToggled = disabled !== (account.disabledAt !== null);
  const isRenamed = email !== account.email;
  if (!isToggled && !isRenamed) return account;

  const changed = { ...account, ...withEmail(account, email), updatedAt: at };
  if (isToggled) changed.disabledAt = disabled ? at : null;
  await store(tx, changed);
  if (changed.emailKey !== account.emailKey) {
    await revokeLinks(tx, account.id);
    await deleteJobsOfAccount(tx, account.id, ACCOUNT_MAIL);
  }
  if (isToggled) {
    // Enabling ends sessions too: an instance of an earlier version may have started one.
    await tx.sql`DELETE FROM sessions WHERE account_id = ${account.id}`;
    await revokeLinks(tx, account.id, 'reset');
  }
  await recordAudit(tx, {
    at,
    by,
    action: 'account.updated',
    targetId: account.id,
    before: {
      ...(isToggled ? { disabled: !disabled } : {}),
      ...(isRenamed ? { email: account.email } : {}),
    },
    after: { ...(isToggled ? { disabled } : {}), ...(isRenamed ? { email } : {}) },
  });
  return changed;
}

/** An address stays confirmed if only the case of its letters changes. */
function withEmail(account: Account, email: string) {
  const emailKey = caseFolded(email);
  const isSame = emailKey === account.emailKey;
  return { email, emailKey, emailConfirmedAt: isSame ? account.emailConfirmedAt : null };
}

/** The look-up detects most conflicts; the unique index detects concurrent ones. @throws EmailTaken */
async function store(tx: Tx, changed: Account): Promise<void> {
  const { id, email, emailKey, emailConfirmedAt, disabledAt, updatedAt } = changed;
  if (await tx.findOneBy(Account, { emailKey, id: Not(id) })) throw new EmailTaken();
  const fields = { email, emailKey, emailConfirmedAt, disabledAt, updatedAt };
  try {
    await tx.savepoint(() => tx.update(Account, { id }, fields));
  } catch (error) {
    throw isUniqueViolation(error) ? new EmailTaken() : error;
  }
}
