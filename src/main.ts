import './app/heap-growth.js';
import 'reflect-metadata';
import { accessSync, constants, mkdirSync } from 'node:fs';
import { constants as system } from 'node:os';
import { dirname } from 'node:path';
import { inspect } from 'node:util';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { assertUncommonAdminPasswords } from './auth/passwords/admin-passwords.js';
import { ReadDatabase } from './platform/database/read-database.js';
import { TransactionRunner } from './platform/database/transaction-runner.js';
import { AccountsService } from './auth/accounts/accounts.service.js';
import { type Configuration, DEFAULT_ADMIN_PASSWORD } from './platform/config/configuration.js';
import { type Environment, readConfiguration } from './platform/config/read-configuration.js';
import { StartError } from './platform/errors/start-error.js';
import { readEnvironment } from './platform/config/environment/read-environment.js';
import { isGuessable } from './platform/config/token-secret.js';
import { describeDatabase, serverOf } from './platform/database/describe-database.js';
import { makePrivateFolder } from './platform/private-files.js';
import { lockForServer } from './platform/database/sqlite/server-lock.js';
import { isDatabaseOutage } from './platform/database/outages.js';
import { createLogger, type Logger } from './platform/observability/logger.js';
import { storageReason } from './platform/errors/storage-reason.js';
import { createApp } from './app/create-app.js';
import { errorText, hasErrorCode } from './platform/errors/error-text.js';

/** Milliseconds after which a shutdown is forced. */
const SHUTDOWN_MILLISECONDS = 15_000;

async function main(): Promise<void> {
  const warnings: string[] = [];
  const environment = readEnvironment({ warn: (warning) => void warnings.push(warning) });
  const configuration = configure(environment, warnings);
  const logger = createLogger(configuration);
  for (const warning of warnings) logger.warn(warning);
  prepareDataDirectory(configuration);
  lockDatabase(configuration);
  const { app, open } = await prepareApp(configuration, logger).catch((error: unknown) => {
    throw toStartError(error, configuration);
  });
  await listen(app, configuration);
  closeOnSignal(app, logger);
  logStartup(await app.getUrl(), configuration, logger);
  if (open) warnOfDefaultAdmin(logger);
  warnOfGuessableSecret(configuration, logger);
}

/** A misspelled name is often the reason for an error, so the warnings about names follow the errors. */
function configure(environment: Environment, warnings: readonly string[]): Configuration {
  try {
    return readConfiguration(environment);
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    throw new StartError([error.message, ...warnings].join('\n'), { cause: error });
  }
}

function prepareDataDirectory({ dataDirectory, database, jwtSecret }: Configuration): void {
  try {
    // If both the secret and the database are elsewhere, nothing is written to the data directory.
    const holdsDatabase = database.kind === 'sqlite' && dirname(database.file) === dataDirectory;
    if (!holdsDatabase && jwtSecret !== undefined) {
      mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
      return;
    }
    makePrivateFolder(dataDirectory);
    accessSync(dataDirectory, constants.W_OK);
  } catch (error) {
    if (error instanceof StartError) throw error;
    throw new StartError(`DATA_DIR ${dataDirectory} cannot be used: ${storageReason(error)}`);
  }
}

/** Holds the lock until the process ends. */
function lockDatabase({ database }: Configuration): void {
  if (database.kind !== 'sqlite') return;
  try {
    mkdirSync(dirname(database.file), { recursive: true, mode: 0o700 });
    const lock = lockForServer(database.file);
    // The listener also prevents the garbage collection of the lock, which would release it.
    process.once('exit', () => lock[Symbol.dispose]());
  } catch (error) {
    if (error instanceof StartError) throw error;
    throw new StartError(`The database ${database.file} cannot be used: ${storageReason(error)}`, {
      cause: error,
    });
  }
}

async function prepareApp(configuration: Configuration, logger: Logger) {
  const app = await createApp(configuration, logger);
  if (configuration.production) {
    try {
      await assertUncommonAdminPasswords(
        app.get(ReadDatabase),
        app.get(TransactionRunner),
        configuration.adminPassword,
      );
    } catch (error) {
      await app.close();
      throw error;
    }
  }
  return { app, open: await hasDefaultAdmin(app, configuration) };
}

/** An operator can fix an unavailable database, so the error is reported in one line. */
function toStartError(error: unknown, configuration: Configuration): unknown {
  if (error instanceof StartError || !isDatabaseOutage(error)) return error;
  const database = describeDatabase(configuration);
  return new StartError(`The database (${database}) cannot be used: ${storageReason(error)}`);
}

async function listen(app: NestFastifyApplication, { port, host }: Configuration): Promise<void> {
  try {
    await app.listen(port, host);
  } catch (error) {
    await app.close();
    const inUse = hasErrorCode(error, 'EADDRINUSE');
    throw new StartError(
      inUse
        ? `Port ${port} on ${host} is in use; stop what uses it or set PORT to another one.`
        : `Cannot listen on ${host}:${port}: ${errorText(error)}`,
    );
  }
}

function logStartup(url: string, configuration: Configuration, logger: Logger): void {
  logger.info(`VPMS is at ${url}, its API documentation at ${url}/api/docs`);
  const { redisUrl, role } = configuration;
  logger.info(`Database: ${describeDatabase(configuration)}`);
  if (redisUrl) logger.info(`Redis: ${serverOf(redisUrl)}; role: ${role}`);
}

/** Checks the account, which may be older than the configuration or have a new password. */
function hasDefaultAdmin(
  app: NestFastifyApplication,
  { adminUsername }: Configuration,
): Promise<boolean> {
  return app.get(AccountsService).hasPassword(adminUsername, DEFAULT_ADMIN_PASSWORD);
}

function warnOfDefaultAdmin(logger: Logger): void {
  logger.warn(
    `The admin of ADMIN_USERNAME has the default password ${DEFAULT_ADMIN_PASSWORD}: ` +
      'change it before others can reach the program.',
  );
}

/** This is only a warning, because any secret is allowed outside production. */
function warnOfGuessableSecret({ jwtSecret }: Configuration, logger: Logger): void {
  if (jwtSecret === undefined || !isGuessable(jwtSecret)) return;
  logger.warn(
    'JWT_SECRET can be guessed, so tokens can be forged: set it to 32 random characters or more.',
  );
}

/** Finishes the accepted requests, closes connections and the database, and exits with code 0. */
function closeOnSignal(app: NestFastifyApplication, logger: Logger): void {
  let closing = false;
  const close = async (signal: NodeJS.Signals): Promise<void> => {
    // A second signal forces the exit.
    if (closing) process.exit(128 + system.signals[signal]);
    closing = true;
    logger.info(`${signal}: closing`);
    setTimeout(() => process.exit(1), SHUTDOWN_MILLISECONDS).unref();
    await app.close();
    logger.info('closed');
    process.exitCode = 0;
  };
  process.on('SIGTERM', (signal) => void close(signal));
  process.on('SIGINT', (signal) => void close(signal));
}

main().catch((error: unknown) => {
  // A StartError is one line for the operator; anything else is a bug and shown with its stack.
  process.stderr.write(`${error instanceof StartError ? error.message : inspect(error)}\n`);
  process.exitCode = 1;
});
