import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from './app.module.js';
import { AccountsService } from '../auth/accounts/accounts.service.js';
import { Clock } from '../platform/time/clock.js';
import type { Configuration } from '../platform/config/configuration.js';
import { createHttpServer } from '../platform/http/server/http-server.js';
import { type Logger, NestLogger } from '../platform/observability/logger.js';
import { setupHttp } from './setup-http.js';

/** Creates the program, ready to listen: the database is migrated and has an admin. */
export async function createApp(
  configuration: Configuration,
  logger: Logger,
  clock: Clock = new Clock(),
): Promise<NestFastifyApplication> {
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.forRoot(configuration, clock),
    createHttpServer(configuration),
    { logger: new NestLogger(logger), abortOnError: false, bodyParser: false },
  );
  setupHttp(app, logger);
  await app.get(AccountsService).ensureAdmin({
    username: configuration.adminUsername,
    email: configuration.adminEmail,
    password: configuration.adminPassword,
  });
  return app;
}
