import { ACCOUNT_MAIL } from '../../auth/links/account-mails.js';
import { list } from '../../platform/database/sql/sql.js';
import { rowLock } from '../../platform/database/locks/row-lock.js';
import type { Tx } from '../../platform/database/tx.js';
import { DAY, HOUR } from '../../platform/time/durations.js';

/** Prefix of the subject of an export's mail. */
export const EXPORT_SUBJECT = 'export ';

/** Prefix of the subject of a mail with a link. */
export const LINK_SUBJECT = `${ACCOUNT_MAIL.name} `;

/**
 * Maximum numbers of mails to one account. Those with links are counted apart, because a stranger can
 * request them: they must not use up the mails that the driver expects.
 */
const LINK_MAILS_PER_DAY = 8;
const OTHER_MAILS_PER_DAY = 12;
const EXPORT_MAILS_PER_HOUR = 1;

/** The `error` of a delivery that a limit withholds. */
export const WITHHELD = 'Not sent: the account has received as many mails as its limit allows.';

interface Selection {
  readonly subject: string;
  readonly userIds: readonly number[];
  readonly now: number;
}

/**
 * Returns the accounts that may not receive another mail. Counts the stored deliveries, so
 * that the limits hold on every instance and after restarts; locks the accounts until the unit ends.
 */
export async function listLimited(tx: Tx, selection: Selection): Promise<number[]> {
  const { subject, userIds, now } = selection;
  // Not FOR UPDATE, which would make a booking of the account wait.
  await tx.sql`
    SELECT id FROM accounts WHERE id IN (${list(userIds)}) ORDER BY id
    ${rowLock(tx, 'FOR NO KEY UPDATE')}`;
  const isLink = subject.startsWith(LINK_SUBJECT);
  const isExport = subject.startsWith(EXPORT_SUBJECT);
  const rows = await tx.sql<{ userId: number; links: number; others: number; exports: number }[]>`
    SELECT user_id AS "userId",
      SUM(CASE WHEN subject LIKE ${`${LINK_SUBJECT}%`} THEN 1 ELSE 0 END) AS links,
      SUM(CASE WHEN subject LIKE ${`${LINK_SUBJECT}%`} THEN 0 ELSE 1 END) AS others,
      SUM(CASE WHEN updated_at > ${now - HOUR} AND subject LIKE ${`${EXPORT_SUBJECT}%`}
        THEN 1 ELSE 0 END) AS exports
    FROM deliveries
    WHERE user_id IN (${list(userIds)}) AND updated_at > ${now - DAY} AND channel = 'email'
      AND status <> 'failed'
    GROUP BY user_id`;
  return rows
    .filter(({ links, others, exports }) => {
      if (isLink) return links >= LINK_MAILS_PER_DAY;
      return others >= OTHER_MAILS_PER_DAY || (isExport && exports >= EXPORT_MAILS_PER_HOUR);
    })
    .map(({ userId }) => userId);
}
