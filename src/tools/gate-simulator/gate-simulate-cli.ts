import { inspect } from 'node:util';
import { DEFAULT_ADMIN_PASSWORD } from '../../platform/config/configuration.js';
import { readEnvironment } from '../../platform/config/environment/read-environment.js';
import { StartError } from '../../platform/errors/start-error.js';
import { SAMPLE_PASSWORD } from '../seed/city-seeder.js';
import { HELP, readFlags } from './flags.js';
import { simulate } from './simulate.js';
import { SimulationRefused } from './simulation-refused.js';

async function main(): Promise<void> {
  const args = process.argv.slice(2);
  if (args.includes('--help')) {
    process.stdout.write(HELP);
    return;
  }
  const admin = readEnvironment()['ADMIN_PASSWORD'] ?? DEFAULT_ADMIN_PASSWORD;
  const passwords = { admin, drivers: SAMPLE_PASSWORD };
  const { faults } = await simulate(readFlags(args), passwords, (text) =>
    process.stdout.write(text),
  );
  if (faults.length > 0) process.exitCode = 1;
}

main().catch((error: unknown) => {
  const isExpected = error instanceof SimulationRefused || error instanceof StartError;
  process.stderr.write(`${isExpected ? error.message : inspect(error)}\n`);
  process.exitCode = 1;
});
