import 'reflect-metadata';
import { performance } from 'node:perf_hooks';
import { inspect } from 'node:util';
import { NestFactory } from '@nestjs/core';
import { Clock } from '../../platform/time/clock.js';
import type { Configuration } from '../../platform/config/configuration.js';
import { readConfiguration } from '../../platform/config/read-configuration.js';
import { StartError } from '../../platform/errors/start-error.js';
import { readEnvironment } from '../../platform/config/environment/read-environment.js';
import { CitySeeder, SAMPLE_PASSWORD, type SeedResult } from './city-seeder.js';
import { HELP, readFlags } from './flags.js';
import { formatCount, Progress } from './progress.js';
import { describeDatabase } from '../../platform/database/describe-database.js';
import { SeedModule } from './seed.module.js';
import { SeedRefused } from './seed-refused.js';

async function main(): Promise<void> {
  const start = performance.now();
  const clock = new Clock();
  const args = process.argv.slice(2);
  if (args.includes('--help')) {
    process.stdout.write(HELP);
    return;
  }
  const environment = readEnvironment();
  if (environment['NODE_ENV'] === 'production') {
    throw new SeedRefused(
      'NODE_ENV is production, and the password of the sample drivers is public.',
    );
  }
  const configuration = readConfiguration(environment);
  const { timezone } = configuration;
  const flags = readFlags(args, { timezone, now: clock.now() });
  const context = await NestFactory.createApplicationContext(
    SeedModule.forRoot(configuration, clock),
    { logger: false, abortOnError: false },
  );
  try {
    const seeded = await context.get(CitySeeder).seed(flags, new Progress(process.stdout));
    process.stdout.write(summary(seeded, configuration, performance.now() - start));
  } finally {
    await context.close();
  }
}

function summary(seeded: SeedResult, configuration: Configuration, milliseconds: number): string {
  const { lots, spots, drivers, bookings, active, future, sampleDriver } = seeded;
  const credentials = JSON.stringify({ username: sampleDriver, password: SAMPLE_PASSWORD });
  const counted = [
    `${formatCount(lots)} lots with ${formatCount(spots)} spots`,
    `${formatCount(drivers)} drivers`,
    `${formatCount(bookings)} bookings (${formatCount(active)} of them active)`,
    `${formatCount(future)} future bookings`,
  ].join(', ');
  return `
Created in ${(milliseconds / 1000).toFixed(1)} s: ${counted}.
Database: ${describeDatabase(configuration)}
Every driver's password is ${SAMPLE_PASSWORD}. While VPMS runs, log in as one of them:
  curl -s http://127.0.0.1:${configuration.port}/api/user/login -H 'Content-Type: application/json' -d '${credentials}'
`;
}

main().catch((error: unknown) => {
  // An error that the caller can fix is one line; any other error is a bug and needs its stack trace.
  const expected = error instanceof SeedRefused || error instanceof StartError;
  process.stderr.write(`${expected ? error.message : inspect(error)}\n`);
  process.exitCode = 1;
});
