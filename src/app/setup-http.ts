import type { Type } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { useContainer } from 'class-validator';
import { NewPasswordConstraint } from '../api-models/accounts/new-password.js';
import { preferGates } from '../gate/prefer-gates.js';
import { Configuration } from '../platform/config/configuration.js';
import { MoneyConstraint } from '../platform/http/validation/numbers.js';
import { registerPageSerializer } from '../platform/http/pagination/page-serializer.js';
import { refuseMalformedTargets } from '../platform/http/server/request-target.js';
import { setSecurityHeaders } from '../platform/http/server/security-headers.js';
import type { Logger } from '../platform/observability/logger.js';
import { Metrics } from '../platform/observability/metrics.js';
import { measureRequests } from '../platform/observability/request-metrics.js';
import { logRequests } from '../platform/observability/request-log.js';
import { openPublicRoutesToEveryOrigin } from '../public/open-cors.js';
import { serveDocumentation } from './openapi/documentation.js';

/** Sets up what Fastify does between the socket and the controllers. */
export function setupHttp(app: NestFastifyApplication, logger: Logger): void {
  const configuration = app.get(Configuration);
  const server = app.getHttpAdapter().getInstance();

  logRequests(server, logger);
  measureRequests(server, app.get(Metrics));
  setSecurityHeaders(server, configuration);
  registerPageSerializer(server);
  app.enableCors({
    origin: configuration.corsOrigins.includes('*') ? '*' : [...configuration.corsOrigins],
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    allowedHeaders: ['Authorization', 'Content-Type', 'Idempotency-Key', 'X-Request-Id'],
    exposedHeaders: [
      'Link',
      'Retry-After',
      'X-Request-Id',
      'Content-Disposition',
      'RateLimit',
      'RateLimit-Policy',
    ],
    // An OPTIONS request that is not a preflight gets the same response as a preflight, not a plain-text error.
    strictPreflight: false,
    // With the default hook, Nest also sets the headers on Node's response, which then sends every
    // header by its slow path. This hook saves 8 % of the CPU time of the cached statistics.
    hook: 'preParsing',
  });
  // On PostgreSQL, requests wait for the database and not for the event loop, so requests of gates
  // need no preference.
  if (configuration.database.kind === 'sqlite') preferGates(server);
  if (configuration.publicBoard) openPublicRoutesToEveryOrigin(server);
  refuseMalformedTargets(server);
  enableInjectionInValidators(app.get(ModuleRef));

  if (configuration.role === 'worker' || !configuration.apiDocs) return;
  serveDocumentation(app, server);
}

/** Validation rules that depend on the configuration. */
const INJECTED_RULES: readonly Type[] = [MoneyConstraint, NewPasswordConstraint];

/** Registers Nest as the source of the injected rules; class-validator creates all others itself. */
function enableInjectionInValidators(moduleRef: ModuleRef): void {
  const get = (rule: Type) =>
    INJECTED_RULES.includes(rule) ? moduleRef.get(rule, { strict: false }) : undefined;
  useContainer({ get }, { fallback: true });
}
