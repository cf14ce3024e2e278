import { BATCH_ROWS, inBatches } from '../../platform/database/bulk/in-batches.js';
import type { TransactionRunner } from '../../platform/database/transaction-runner.js';

/** Deletes networks from which no login has come since the instant (ms). */
export async function deleteOldNetworks(
  transactions: TransactionRunner,
  before: number,
): Promise<void> {
  await inBatches(
    transactions,
    (tx) => tx.sql`
      DELETE FROM login_networks WHERE (account_id, network) IN (
        SELECT account_id, network FROM login_networks WHERE used_at < ${before}
        ORDER BY used_at LIMIT ${BATCH_ROWS})
      RETURNING account_id`,
  );
}
