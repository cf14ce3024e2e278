import 'reflect-metadata';
import { inspect } from 'node:util';
import type { DatabaseSettings } from '../../platform/config/configuration.js';
import { readConfiguration } from '../../platform/config/read-configuration.js';
import { readEnvironment } from '../../platform/config/read-environment.js';
import { openWriteDatabase } from '../../platform/database/data-sources.js';
import { openPostgres } from '../../platform/database/postgres/postgres.js';
import { PostgresTransactionRunner } from '../../platform/database/postgres/postgres-transaction-runner.js';
import { SqliteTransactionRunner } from '../../platform/database/sqlite/sqlite-transaction-runner.js';
import type { TransactionRunner } from '../../platform/database/transaction-runner.js';
import { StartError } from '../../platform/errors/start-error.js';
import { confirmDecimals } from '../../platform/installation-currency.js';

const USAGE = 'Usage: npm run currency:decimals -- N, with N from 0 to 4 (docs/currency.md)';

async function main(): Promise<void> {
  const [argument = '', ...others] = process.argv.slice(2);
  if (!/^[0-4]$/.test(argument) || others.length > 0) throw new StartError(USAGE);
  const { database, currency } = readConfiguration(readEnvironment());
  const decimals = Number(argument);
  await using opened = await open(database);
  await confirmDecimals(opened.transactions, { code: currency, decimals });
  process.stdout.write(
    `Recorded: the amounts in the database are ${currency} with ${decimals} decimals.\n`,
  );
}

interface OpenDatabase extends AsyncDisposable {
  readonly transactions: TransactionRunner;
}

async function open(database: DatabaseSettings): Promise<OpenDatabase> {
  if (database.kind === 'postgres') {
    const source = await openPostgres(database, []);
    return {
      transactions: new PostgresTransactionRunner(source),
      [Symbol.asyncDispose]: () => source.destroy(),
    };
  }
  const writer = await openWriteDatabase(database.file, []);
  return {
    transactions: new SqliteTransactionRunner(writer),
    [Symbol.asyncDispose]: () => writer.destroy(),
  };
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof StartError ? error.message : inspect(error)}\n`);
  process.exitCode = 1;
});
