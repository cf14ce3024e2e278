import type { INestApplication } from '@nestjs/common';
import { SwaggerModule } from '@nestjs/swagger';
import type { FastifyInstance } from 'fastify';
import { dump } from 'js-yaml';
import { RouteNotFound } from '../../platform/errors/coded-error.js';
import { DOCUMENTATION_PATH } from '../../platform/http/server/security-headers.js';
import { openApiDocument } from './document.js';

/** The name of a file of Swagger UI, which has no folders. */
const FILE_NAME = /^\w[\w.-]{0,99}$/;

/**
 * Serves Swagger UI and the OpenAPI document. Creating the JSON or the YAML takes 20 to 30 ms, so each
 * is created once, at its first request.
 */
export function serveDocumentation(app: INestApplication, server: FastifyInstance): void {
  const document = once(() => openApiDocument(app));
  SwaggerModule.setup(DOCUMENTATION_PATH, app, document, {
    raw: false,
    customSiteTitle: 'VPMS API',
    swaggerOptions: {
      persistAuthorization: true,
      displayRequestDuration: true,
      tryItOutEnabled: true,
      // Shows the schemas below the routes collapsed.
      defaultModelsExpandDepth: 0,
    },
  });
  refuseForeignPaths(server);
  const json = once(() => Buffer.from(JSON.stringify(document())));
  const yaml = once(() => Buffer.from(dump(document(), { skipInvalid: true, noRefs: true })));
  server.get(`/${DOCUMENTATION_PATH}-json`, async (_request, reply) =>
    reply.type('application/json; charset=utf-8').send(json()),
  );
  server.get(`/${DOCUMENTATION_PATH}-yaml`, async (_request, reply) =>
    reply.type('text/yaml; charset=utf-8').send(yaml()),
  );
}

function once<T>(create: () => T): () => T {
  let value: T | undefined;
  return () => (value ??= create());
}

/** The static file server would respond 500 to a path that leaves its folder or has a NUL. */
function refuseForeignPaths(server: FastifyInstance): void {
  server.addHook('onRequest', ({ routeOptions, params, method, url }, _reply, done) => {
    if (!routeOptions.url?.endsWith('/*')) return done();
    const { '*': file = '' } = params as { readonly '*'?: string };
    if (FILE_NAME.test(file)) return done();
    const [path = ''] = url.split('?');
    return done(new RouteNotFound(method, path));
  });
}
