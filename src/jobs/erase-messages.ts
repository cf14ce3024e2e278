import { list, part } from '../platform/database/sql.js';
import type { Tx } from '../platform/database/tx.js';
import type { JobPayload } from '../platform/queue/delayed/delayed-job.js';
import { deleteExports } from './exports/export-files.js';

/**
 * Deletes what jobs have stored for the account: exports with their files, reports, deliveries, and
 * the jobs whose payload has its `accountId`.
 */
export async function eraseMessages(tx: Tx, userId: number): Promise<void> {
  await deleteExports(tx, part`user_id = ${userId}`);
  await tx.sql`DELETE FROM reports WHERE user_id = ${userId}`;
  await tx.sql`DELETE FROM deliveries WHERE user_id = ${userId}`;
  // The pattern also matches longer numbers.
  const candidates = await tx.sql<{ id: string; payload: string }[]>`
    SELECT id, payload FROM jobs WHERE payload LIKE ${`%"accountId":${userId}%`}`;
  const ids = candidates
    .filter(({ payload }) => (JSON.parse(payload) as JobPayload)['accountId'] === userId)
    .map(({ id }) => id);
  if (ids.length > 0) await tx.sql`DELETE FROM jobs WHERE id IN (${list(ids)})`;
}
