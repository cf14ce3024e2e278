import 'reflect-metadata';
import { resolve } from 'node:path';
import { inspect, parseArgs } from 'node:util';
import { Clock } from '../../platform/time/clock.js';
import { readConfiguration } from '../../platform/config/read-configuration.js';
import { StartError } from '../../platform/errors/start-error.js';
import { readEnvironment } from '../../platform/config/environment/read-environment.js';
import { describeDatabase } from '../../platform/database/describe-database.js';
import { storeCurrency } from '../../platform/money/installation-currency.js';
import { importFlask } from './import-flask.js';
import { duePeriods } from '../../jobs/scheduling/scheduled-jobs.js';
import { ImportRefused } from './import-refused.js';
import { summarize } from './report/summary.js';
import { FlaskFile } from './source/flask-file.js';
import { type Mode, openTarget } from './target.js';

const USAGE = 'Usage: npm run import:flask -- path/to/vpms.db [--dry-run]';
/** Progress is printed once per this number of rows. */
const PROGRESS_INTERVAL = 100_000;

async function main(): Promise<void> {
  const { path, mode } = readArguments();
  const configuration = readConfiguration(readEnvironment());
  const now = new Clock().now();
  using file = FlaskFile.open(path);
  await using target = await openTarget(configuration, mode);
  const { decimals } = await storeCurrency(target.transactions, configuration.currency);
  const report = await importFlask({
    file,
    transactions: target.transactions,
    firstAdmin: { username: configuration.adminUsername, email: configuration.adminEmail },
    now,
    pastRuns: duePeriods(now, configuration),
    decimals,
    progress: (table, done) => {
      if (done % PROGRESS_INTERVAL === 0) process.stderr.write(`${table}: ${done} rows\n`);
    },
  });
  process.stdout.write(summarize(report));
  process.stdout.write(
    mode === 'write'
      ? `\nImported into ${describeDatabase(configuration)}.\n`
      : '\nThis was a dry run: nothing was written.\n',
  );
}

function readArguments(): { readonly path: string; readonly mode: Mode } {
  try {
    const { values, positionals } = parseArgs({
      options: { 'dry-run': { type: 'boolean', default: false } },
      allowPositionals: true,
    });
    const [path] = positionals;
    if (path === undefined || positionals.length > 1) throw new ImportRefused(USAGE);
    return { path: resolve(path), mode: values['dry-run'] ? 'dry-run' : 'write' };
  } catch (error) {
    if (error instanceof ImportRefused) throw error;
    throw new ImportRefused(USAGE, { cause: error });
  }
}

main().catch((error: unknown) => {
  const expected = error instanceof StartError || error instanceof ImportRefused;
  process.stderr.write(`${expected ? error.message : inspect(error)}\n`);
  process.exitCode = 1;
});
