import 'reflect-metadata';
import { rmSync } from 'node:fs';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { type DestinationStream, pino } from 'pino';
import { afterAll, beforeAll } from 'vitest';
import { Clock } from '../../../src/platform/time/clock.js';
import { readConfiguration } from '../../../src/platform/config/read-configuration.js';
import { createApp } from '../../../src/app/create-app.js';
import type { ApiClient, Caller } from '../http/clients/api-client.js';
import { HttpClient } from '../http/clients/http-client.js';
import {
  createTestDatabase,
  databaseEnvironment,
  dropTestDatabase,
} from '../data/test-database.js';
import { temporaryDirectory } from './temporary-directory.js';

export interface TestAppOptions {
  readonly clock?: Clock;
  /** Variables in addition to the defaults. */
  readonly environment?: Readonly<Record<string, string>>;
  /** The folder of an earlier application, to start on its data again. */
  readonly dataDirectory?: string;
  /** Destination of the log; discarded by default. */
  readonly log?: DestinationStream;
}

/** The complete program with its own database, listening on a free port. */
export interface TestApp extends AsyncDisposable {
  readonly app: NestFastifyApplication;
  readonly http: HttpClient;
  readonly dataDirectory: string;
  /** The API, called as this account. */
  as(caller: Caller): ApiClient;
  /** Closes the program and keeps its data. */
  stop(): Promise<void>;
}

export async function startTestApp(options: TestAppOptions = {}): Promise<TestApp> {
  const { clock, environment, dataDirectory = temporaryDirectory(), log } = options;
  await createTestDatabase(dataDirectory);
  const configuration = readConfiguration({
    DATA_DIR: dataDirectory,
    TIMEZONE: 'UTC',
    // Tests send many wrong passwords. The tests of rate limits enable the limits.
    RATE_LIMIT_ENABLED: 'false',
    ...databaseEnvironment(dataDirectory),
    ...environment,
  });
  const logger = pino({ level: log ? 'trace' : 'silent' }, log ?? pino.destination(1));
  const app = await createApp(configuration, logger, clock);
  await app.listen(0, '127.0.0.1');
  const http = new HttpClient(await app.getUrl());
  return {
    app,
    http,
    dataDirectory,
    as: (caller) => http.as(caller),
    stop: () => app.close(),
    async [Symbol.asyncDispose]() {
      await app.close();
      await dropTestDatabase(dataDirectory);
      rmSync(dataDirectory, { recursive: true, force: true });
    },
  };
}

/**
 * One application for all tests of the file or of the `describe` that calls it.
 * @param options a function if they depend on what an earlier hook starts
 */
export function useTestApp(options: TestAppOptions | (() => TestAppOptions) = {}): TestApp {
  let started: TestApp;
  beforeAll(async () => {
    started = await startTestApp(typeof options === 'function' ? options() : options);
  });
  afterAll(() => started[Symbol.asyncDispose]());
  return {
    get app() {
      return started.app;
    },
    get http() {
      return started.http;
    },
    get dataDirectory() {
      return started.dataDirectory;
    },
    as: (caller) => started.as(caller),
    stop: () => started.stop(),
    [Symbol.asyncDispose]: () => started[Symbol.asyncDispose](),
  };
}
