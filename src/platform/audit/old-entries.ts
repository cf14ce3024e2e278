import { BATCH_ROWS, inBatches } from '../database/bulk/in-batches.js';
import type { TransactionRunner } from '../database/transaction-runner.js';

/**
 * Deletes the entries that were recorded before the instant (ms). The database permits it for such
 * entries only, and only inside a transaction with the permit.
 */
export async function deleteOldEntries(
  transactions: TransactionRunner,
  before: number,
): Promise<void> {
  await inBatches(transactions, async (tx) => {
    await tx.sql`INSERT INTO audit_permits (kind, recorded_before) VALUES ('expire', ${before})`;
    const deleted = await tx.sql`
      DELETE FROM audit_log WHERE id IN (
        SELECT id FROM audit_log WHERE recorded_at < ${before} ORDER BY recorded_at, id
        LIMIT ${BATCH_ROWS})
      RETURNING id`;
    await tx.sql`DELETE FROM audit_permits`;
    return deleted;
  });
}
