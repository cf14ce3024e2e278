import { rowLock } from '../database/locks/row-lock.js';
import { list } from '../database/sql/sql.js';
import type { Tx } from '../database/tx.js';
import { caseFolded } from '../text.js';

/**
 * The usernames that still have an account, case-folded. These accounts are locked until the unit ends. The
 * entry of a request is therefore stored either before its account is erased, and then erased with it, or
 * afterwards, without a name.
 */
export async function currentActors(
  tx: Tx,
  usernames: readonly string[],
): Promise<ReadonlySet<string>> {
  const keys = [...new Set(usernames.map(caseFolded))];
  if (keys.length === 0) return new Set();
  const rows = await tx.sql<{ key: string }[]>`
    SELECT username_key AS key FROM accounts WHERE username_key IN (${list(keys)})
    ${rowLock(tx, 'FOR KEY SHARE')}`;
  return new Set(rows.map(({ key }) => key));
}
