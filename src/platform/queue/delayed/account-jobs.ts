import { list, part } from '../../database/sql/sql.js';
import type { Tx } from '../../database/tx.js';
import type { JobKind } from '../job-kind.js';
import type { JobPayload } from './delayed-job.js';

/** Deletes the jobs whose payload has the account's id as `accountId`, or only those of the kind. */
export async function deleteJobsOfAccount(
  tx: Tx,
  accountId: number,
  kind?: JobKind,
): Promise<void> {
  const ofKind = kind ? part`AND name = ${kind.name}` : part``;
  // The pattern also matches longer numbers.
  const candidates = await tx.sql<{ id: string; payload: string }[]>`
    SELECT id, payload FROM jobs WHERE payload LIKE ${`%"accountId":${accountId}%`} ${ofKind}`;
  const ids = candidates
    .filter(({ payload }) => (JSON.parse(payload) as JobPayload)['accountId'] === accountId)
    .map(({ id }) => id);
  if (ids.length > 0) await tx.sql`DELETE FROM jobs WHERE id IN (${list(ids)})`;
}
