import 'reflect-metadata';
import { mkdirSync } from 'node:fs';
import { inspect } from 'node:util';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { type Configuration, DEFAULT_ADMIN_PASSWORD } from './common/config/configuration.js';
import {
  readConfiguration,
  readEnvironment,
  StartError,
} from './common/config/read-configuration.js';
import { createLogger, type Logger } from './common/observability/logger.js';
import { createApp } from './create-app.js';

/** How long a shutdown may take before the process ends anyway. */
const SHUTDOWN_MILLISECONDS = 15_000;

async function main(): Promise<void> {
  const configuration = readConfiguration(readEnvironment());
  const logger = createLogger(configuration);
  prepareDataDirectory(configuration);
  const app = await createApp(configuration, logger);
  await listen(app, configuration);
  closeOnSignal(app, logger);
  welcome(await app.getUrl(), configuration, logger);
}

function prepareDataDirectory({ dataDirectory }: Configuration): void {
  try {
    mkdirSync(dataDirectory, { recursive: true });
  } catch (error) {
    throw new StartError(`DATA_DIR ${dataDirectory} cannot be used: ${messageOf(error)}`);
  }
}

async function listen(app: NestFastifyApplication, { port, host }: Configuration): Promise<void> {
  try {
    await app.listen(port, host);
  } catch (error) {
    await app.close();
    const inUse = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
    throw new StartError(
      inUse
        ? `Port ${port} on ${host} is in use; stop what uses it or set PORT to another one.`
        : `Cannot listen on ${host}:${port}: ${messageOf(error)}`,
    );
  }
}

function welcome(url: string, configuration: Configuration, logger: Logger): void {
  logger.info(`VPMS is at ${url}, its API documentation at ${url}/api/docs`);
  logger.info(`Database: SQLite, ${configuration.databaseFile}`);
  if (configuration.adminPassword !== DEFAULT_ADMIN_PASSWORD) return;
  logger.warn(
    `The admin logs in as ${configuration.adminUsername} with the default password ` +
      `${DEFAULT_ADMIN_PASSWORD} unless it was changed: change it before others can reach this.`,
  );
}

/** Answers what was accepted, closes connections and database, and ends with code 0. */
function closeOnSignal(app: NestFastifyApplication, logger: Logger): void {
  const close = async (signal: string): Promise<void> => {
    logger.info(`${signal}: closing`);
    setTimeout(() => process.exit(1), SHUTDOWN_MILLISECONDS).unref();
    await app.close();
    logger.info('closed');
    process.exitCode = 0;
  };
  process.once('SIGTERM', (signal) => void close(signal));
  process.once('SIGINT', (signal) => void close(signal));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

main().catch((error: unknown) => {
  // A reason that the operator can mend is one line; anything else is a fault of ours.
  process.stderr.write(`${error instanceof StartError ? error.message : inspect(error)}\n`);
  process.exitCode = 1;
});
