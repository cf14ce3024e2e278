import type { DatabaseSettings } from '../platform/config/configuration.js';
import { type Entities, openWriteDatabase } from '../platform/database/data-sources.js';
import { PostgresTransactionRunner } from '../platform/database/postgres/postgres-transaction-runner.js';
import { openPostgres } from '../platform/database/postgres/postgres.js';
import { SqliteTransactionRunner } from '../platform/database/sqlite/sqlite-transaction-runner.js';
import type { TransactionRunner } from '../platform/database/transaction-runner.js';

export interface OpenTransactions extends AsyncDisposable {
  readonly transactions: TransactionRunner;
}

/**
 * Opens the database for a command; a running program may be using it.
 *
 * @throws StartError if the database cannot be used
 */
export async function openTransactions(
  database: DatabaseSettings,
  entities: Entities = [],
): Promise<OpenTransactions> {
  if (database.kind === 'postgres') {
    const source = await openPostgres(database, entities);
    return {
      transactions: new PostgresTransactionRunner(source),
      [Symbol.asyncDispose]: () => source.destroy(),
    };
  }
  const writer = await openWriteDatabase(database.file, entities);
  return {
    transactions: new SqliteTransactionRunner(writer),
    [Symbol.asyncDispose]: () => writer.destroy(),
  };
}
