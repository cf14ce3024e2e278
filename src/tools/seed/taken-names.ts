import type { Queryable } from '../../platform/database/queryable.js';
import { splitName } from './city/drivers.js';

const PAGE = 10_000;

/** Maps each name in use (usernames and local parts of e-mail addresses) to the highest number after it. */
export async function readTakenNames(source: Queryable): Promise<Map<string, number>> {
  const taken = new Map<string, number>();
  let afterId = 0;
  for (;;) {
    const rows = await source.sql<{ id: number; username: string; email: string }[]>`
      SELECT id, username_key AS username, email_key AS email FROM accounts
      WHERE id > ${afterId} ORDER BY id LIMIT ${PAGE}`;
    for (const { username, email } of rows) {
      for (const name of [username, email.slice(0, email.lastIndexOf('@'))]) {
        const [base, times] = splitName(name);
        taken.set(base, Math.max(times, taken.get(base) ?? 0));
      }
    }
    const last = rows.at(-1);
    if (!last) return taken;
    afterId = last.id;
  }
}

/** Whether the database contains lots or drivers. */
export async function isInUse(source: Queryable): Promise<boolean> {
  const [row] = await source.sql<{ used: number }[]>`
    SELECT CASE WHEN EXISTS (SELECT 1 FROM lots)
      OR EXISTS (SELECT 1 FROM accounts WHERE role = 'user') THEN 1 ELSE 0 END AS used`;
  return row?.used === 1;
}
