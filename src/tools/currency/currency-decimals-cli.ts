import 'reflect-metadata';
import { inspect } from 'node:util';
import { readConfiguration } from '../../platform/config/read-configuration.js';
import { readEnvironment } from '../../platform/config/environment/read-environment.js';
import { StartError } from '../../platform/errors/start-error.js';
import { confirmDecimals } from '../../platform/money/installation-currency.js';
import { openTransactions } from '../open-transactions.js';

const USAGE = 'Usage: npm run currency:decimals -- N, with N from 0 to 4 (docs/currency.md)';

async function main(): Promise<void> {
  const [argument = '', ...others] = process.argv.slice(2);
  if (!/^[0-4]$/.test(argument) || others.length > 0) throw new StartError(USAGE);
  const { database, currency } = readConfiguration(readEnvironment());
  const decimals = Number(argument);
  await using opened = await openTransactions(database);
  await confirmDecimals(opened.transactions, { code: currency, decimals });
  process.stdout.write(
    `Recorded: the amounts in the database are ${currency} with ${decimals} decimals.\n`,
  );
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof StartError ? error.message : inspect(error)}\n`);
  process.exitCode = 1;
});
