import { part } from '../platform/database/sql/sql.js';
import type { Tx } from '../platform/database/tx.js';
import { deleteJobsOfAccount } from '../platform/queue/delayed/account-jobs.js';
import { deleteExports } from './exports/export-files.js';

/**
 * Deletes what jobs have stored for the account: exports with their files, reports, deliveries, and
 * the jobs whose payload has its `accountId`.
 */
export async function eraseMessages(tx: Tx, userId: number): Promise<void> {
  await deleteExports(tx, part`user_id = ${userId}`);
  await tx.sql`DELETE FROM reports WHERE user_id = ${userId}`;
  await tx.sql`DELETE FROM deliveries WHERE user_id = ${userId}`;
  await deleteJobsOfAccount(tx, userId);
}
