import { IncomingMessage, type OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import helmet from 'helmet';
import type { Configuration } from '../../config/configuration.js';

/** Path of Swagger UI, relative to the root. */
export const DOCUMENTATION_PATH = 'api/docs';

/** Swagger UI loads scripts and data from this host, and needs inline styles and data images. */
const DOCUMENTATION_CSP = toPolicy({
  'default-src': "'none'",
  'script-src': "'self'",
  'style-src': "'self' 'unsafe-inline'",
  'img-src': "'self' data:",
  'connect-src': "'self'",
});

/** The policy of a page with a form that is sent to this program. */
export const FORM_CSP = `default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'`;

/** A report page contains its styles and loads nothing. */
export const REPORT_CSP = toPolicy({
  'default-src': "'none'",
  'style-src': "'unsafe-inline'",
});

/** The board loads its script, styles and figures from this host. */
export const BOARD_CSP = toPolicy({
  'default-src': "'none'",
  'script-src': "'self'",
  'style-src': "'self'",
  'img-src': "'self'",
  'connect-src': "'self'",
});

const YEAR_SECONDS = 365 * 24 * 60 * 60;

/**
 * Sets the headers that forbid browsers to execute, frame, sniff or cache responses. By default, a response
 * may load nothing. HSTS is sent only if drivers reach the program by HTTPS (`PUBLIC_URL`).
 */
export function setSecurityHeaders(server: FastifyInstance, configuration: Configuration): void {
  const forApi = securityHeaders(configuration);
  const forDocumentation = { ...forApi, 'content-security-policy': DOCUMENTATION_CSP };
  server.addHook('onRequest', ({ url }, reply, done) => {
    void reply.headers(isDocumentation(url) ? forDocumentation : forApi);
    done();
  });
  server.addHook('onSend', (_request, reply, _payload, done) => {
    // Tokens and parking data must not stay in the cache of a browser or proxy.
    if (!reply.hasHeader('cache-control')) void reply.header('cache-control', 'no-store');
    done();
  });
}

/**
 * Helmet's headers. They are the same for every response, so Helmet runs once, on a dummy response: if it
 * sets them on each response, Node sends headers by a slower code path. Together with the hook in
 * page-serializer.ts, this raised the throughput of a cached list by half (docs/performance.md).
 */
function securityHeaders({ publicUrl }: Configuration): OutgoingHttpHeaders {
  const request = new IncomingMessage(new Socket());
  const response = new ServerResponse(request);
  const setHeaders = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        // These do not inherit from default-src.
        baseUri: ["'none'"],
        formAction: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    frameguard: { action: 'deny' },
    // These headers are for windows that a page opens, and for browsers and plug-ins that no longer
    // exist. OWASP lists none of them for a REST API.
    crossOriginOpenerPolicy: false,
    originAgentCluster: false,
    dnsPrefetchControl: false,
    ieNoOpen: false,
    permittedCrossDomainPolicies: false,
    xssFilter: false,
    // Subdomains may belong to other services.
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

function toPolicy(directives: Readonly<Record<string, string>>): string {
  const closed = { ...directives, 'base-uri': "'none'", 'form-action': "'none'" };
  return Object.entries({ ...closed, 'frame-ancestors': "'none'" })
    .map((directive) => directive.join(' '))
    .join('; ');
}
