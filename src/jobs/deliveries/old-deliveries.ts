import { BATCH_ROWS, inBatches } from '../../platform/database/bulk/in-batches.js';
import type { TransactionRunner } from '../../platform/database/transaction-runner.js';

/**
 * Deletes deliveries from before the instant (ms) that runs no longer need. The deliveries of a failed run
 * are kept: an admin may continue the run, and no recipient may receive a message twice.
 */
export async function deleteOldDeliveries(
  transactions: TransactionRunner,
  before: number,
): Promise<void> {
  await inBatches(
    transactions,
    (tx) => tx.sql`
      DELETE FROM deliveries WHERE (subject, channel, user_id) IN (
        SELECT subject, channel, user_id FROM deliveries
        WHERE updated_at < ${before} AND NOT EXISTS (
          SELECT 1 FROM job_runs
          WHERE status <> 'completed' AND name || ' ' || period = deliveries.subject)
        ORDER BY updated_at LIMIT ${BATCH_ROWS})
      RETURNING user_id`,
  );
}
