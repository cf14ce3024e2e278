import { IncomingMessage, type OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import helmet from 'helmet';
import type { Configuration } from '../../config/configuration.js';

/** Where Swagger UI is, below the root. */
export const DOCUMENTATION_PATH = 'api/docs';

/** Swagger UI has its scripts and calls here, and needs inline styles and data images. */
const OF_DOCUMENTATION = policyOf({
  'default-src': "'none'",
  'script-src': "'self'",
  'style-src': "'self' 'unsafe-inline'",
  'img-src': "'self' data:",
  'connect-src': "'self'",
});

/** A page of a report carries its styles in itself, and loads nothing. */
export const POLICY_OF_REPORTS = policyOf({
  'default-src': "'none'",
  'style-src': "'unsafe-inline'",
});

const YEAR_SECONDS = 365 * 24 * 60 * 60;

/**
 * What browsers must not do with our answers: run, frame, guess or keep them. By default nothing at
 * all may be loaded by what we send. Only where drivers reach the program by HTTPS (`PUBLIC_URL`) are
 * browsers told to use nothing else.
 */
export function setSecurityHeaders(server: FastifyInstance, configuration: Configuration): void {
  const ofAnswers = headersOfAnswers(configuration);
  const ofDocumentation = { ...ofAnswers, 'content-security-policy': OF_DOCUMENTATION };
  server.addHook('onRequest', ({ url }, reply, done) => {
    void reply.headers(isDocumentation(url) ? ofDocumentation : ofAnswers);
    done();
  });
  server.addHook('onSend', (_request, reply, _payload, done) => {
    // Tokens, and who parks where: nothing for the cache of a browser or of a proxy.
    if (!reply.hasHeader('cache-control')) void reply.header('cache-control', 'no-store');
    done();
  });
}

/** What Helmet sets: the same for each request, so it is asked once, with an answer that nobody gets. */
function headersOfAnswers({ publicUrl }: Configuration): OutgoingHttpHeaders {
  const request = new IncomingMessage(new Socket());
  const response = new ServerResponse(request);
  const setHeaders = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        // These do not follow the default.
        baseUri: ["'none'"],
        formAction: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    frameguard: { action: 'deny' },
    // Of this host only: its neighbours are not ours to speak for.
    strictTransportSecurity: publicUrl.startsWith('https:') && {
      maxAge: YEAR_SECONDS,
      includeSubDomains: false,
    },
  });
  setHeaders(request, response, (error) => {
    if (error) throw error;
  });
  return response.getHeaders();
}

function isDocumentation(url: string): boolean {
  const [path = ''] = url.split('?');
  return path === `/${DOCUMENTATION_PATH}` || path.startsWith(`/${DOCUMENTATION_PATH}/`);
}

function policyOf(directives: Readonly<Record<string, string>>): string {
  const closed = { ...directives, 'base-uri': "'none'", 'form-action': "'none'" };
  return Object.entries({ ...closed, 'frame-ancestors': "'none'" })
    .map((directive) => directive.join(' '))
    .join('; ');
}
