import type { Tx } from '../tx.js';
import type { TransactionRunner } from '../transaction-runner.js';

/** Maximum number of rows that one unit of work deletes or changes, in a few milliseconds. */
export const BATCH_ROWS = 500;

/**
 * Runs the statement, which handles and returns at most {@link BATCH_ROWS} rows, repeatedly until it returns
 * fewer. Each run is a separate unit of work, so that other writers do not wait for all rows.
 */
export async function inBatches(
  transactions: TransactionRunner,
  statement: (tx: Tx) => Promise<readonly unknown[]>,
): Promise<void> {
  for (;;) {
    const rows = await transactions.run(statement);
    if (rows.length < BATCH_ROWS) return;
    // Lets other requests run: better-sqlite3 is synchronous.
    await new Promise(setImmediate);
  }
}
