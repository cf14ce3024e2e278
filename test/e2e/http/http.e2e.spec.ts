import { beforeAll, describe, expect, it } from 'vitest';
import { createMember, type TestAccount } from '../../support/data/factories.js';
import { expectProblem } from '../../support/http/problems.js';
import { pipeline, sendBytes } from '../../support/http/clients/raw-http.js';
import { useTestApp } from '../../support/app/test-app.js';

describe('HTTP', () => {
  const vpms = useTestApp();
  let admin: TestAccount;

  beforeAll(async () => {
    admin = await createMember(vpms, 'admin');
  });

  describe('request targets', () => {
    it.each(['/nope', '/api', '/api/', '/api/auth/me/', '/api//auth/me', '/API/auth/me'])(
      'return 404 for the unknown route %s',
      async (path) => {
        expectProblem(await vpms.http.get(path), '404 ROUTE_NOT_FOUND');
      },
    );

    it.each(['POST', 'PUT', 'PATCH', 'DELETE', 'PROPFIND'])(
      'return 404 for %s on a route that has only GET',
      async (method) => {
        const response = await vpms.http.request(method, '/api/admin/stats', {
          token: admin.token,
        });
        expectProblem(response, '404 ROUTE_NOT_FOUND');
        expect(response.body).toMatchObject({
          instance: '/api/admin/stats',
          title: 'No such route',
        });
      },
    );

    it('appear in errors without their query string', async () => {
      const response = await vpms.http.get('/nope?token=secret');
      expect(response.body.instance).toBe('/nope');
      expect(response.text).not.toContain('secret');
    });

    it.each(['/api/%zz', '/%c0', '/%', '/api/admin/parking-lots/%c0/spots', '/api/%zz?a=%20'])(
      'return 400 if they cannot be decoded: %s',
      async (path) => {
        const response = await vpms.http.get(path, { token: admin.token });
        expectProblem(response, '400 MALFORMED_REQUEST');
      },
    );

    it('accept a malformed escape in the query as text', async () => {
      const response = await vpms.http.get('/api/admin/users?search=%zz', { token: admin.token });
      expect(response).toMatchObject({ status: 200, body: [] });
    });

    it.each(['9a', 'x'])(
      'may contain a parameter of thousands of characters (%s…)',
      async (part) => {
        const path = `/api/admin/parking-lots/${part.repeat(3000)}/spots`;
        expectProblem(await vpms.http.get(path, { token: admin.token }), '400 VALIDATION_FAILED', [
          'id',
        ]);
      },
    );

    it('return 431 if they are longer than the parser allows', async () => {
      const line = `GET /${'a'.repeat(20_000)} HTTP/1.1\r\nHost: vpms\r\n\r\n`;
      expectProblem(await sendBytes(vpms.http.url, line), '431 HEADERS_TOO_LARGE');
    });

    it.each([
      'garbage\r\n\r\n',
      'FOO / HTTP/1.1\r\nHost: vpms\r\n\r\n',
      'GET /health HTTP/1.1\r\nConnection: close\r\n\r\n',
      'GET http://[:: HTTP/1.1\r\nHost: vpms\r\nConnection: close\r\n\r\n',
      'GET health HTTP/1.1\r\nHost: vpms\r\nConnection: close\r\n\r\n',
      'GET * HTTP/1.1\r\nHost: vpms\r\nConnection: close\r\n\r\n',
    ])('return 400 for bytes that are not HTTP: %j', async (bytes) => {
      const response = await sendBytes(vpms.http.url, bytes);
      expectProblem(response, '400 MALFORMED_REQUEST');
      expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(response.headers.get('x-content-type-options')).toBe('nosniff');
      expect(response.headers.get('cache-control')).toBe('no-store');
    });

    it.each([
      'Content-Length: 2\r\nContent-Length: 3',
      'Content-Length: 2\r\nTransfer-Encoding: chunked',
      'Transfer-Encoding: chunked\r\nContent-Length: 2',
      'Transfer-Encoding: chunked, identity',
      'Transfer-Encoding : chunked',
    ])('return 400 once if the length of their body is ambiguous: %j', async (lengths) => {
      const head = `POST /api/user/login HTTP/1.1\r\nHost: vpms\r\nContent-Type: application/json\r\n`;
      const second = 'GET /health HTTP/1.1\r\nHost: vpms\r\nConnection: close\r\n\r\n';
      const bytes = `${head}${lengths}\r\n\r\n2\r\n{}\r\n0\r\n\r\n${second}`;
      const response = await sendBytes(vpms.http.url, bytes);
      expectProblem(response, '400 MALFORMED_REQUEST');
      expect(response.text).not.toContain('HTTP/1.1');
    });

    it('may come without a Host header, or with a host of their own', async () => {
      const old = await sendBytes(vpms.http.url, 'GET /health HTTP/1.0\r\n\r\n');
      expect(old).toMatchObject({ status: 200, body: { status: 'ok' } });
      const proxied = 'GET http://vpms/health HTTP/1.1\r\nHost: vpms\r\nConnection: close\r\n\r\n';
      expect(await sendBytes(vpms.http.url, proxied)).toMatchObject({ status: 200 });
    });

    it.each([
      '/.git/config',
      '/.env',
      '/package.json',
      '/dist/main.js',
      '/data/vpms.db',
      '/api/docs/%2e%2e/%2e%2e/package.json',
      '/api/docs/..%2f..%2fpackage.json',
    ])('serve no file at %s', async (path) => {
      const response = await vpms.http.get(path);
      expect(response.status).toBe(404);
      expect(response.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    });

    it('are not echoed by TRACE', async () => {
      const head = 'TRACE / HTTP/1.1\r\nHost: vpms\r\nX-Secret: s\r\nConnection: close\r\n\r\n';
      const response = await sendBytes(vpms.http.url, head);
      expectProblem(response, '404 ROUTE_NOT_FOUND');
      expect(response.text).not.toContain('Secret');
    });

    it('are served in spite of an unknown Expect header', async () => {
      const head = 'GET /health HTTP/1.1\r\nHost: vpms\r\nExpect: x\r\nConnection: close\r\n\r\n';
      expect(await sendBytes(vpms.http.url, head)).toMatchObject({ status: 200 });
    });
  });

  describe.concurrent('connections that send no complete headers in ten seconds', () => {
    it('are closed without a response if they sent nothing, like spare connections of browsers', async () => {
      using spare = pipeline(vpms.http.url, []);
      await spare.closed;
      expect(spare.received()).toBe('');
    });

    it('get 400 if they sent a part of the headers', async () => {
      const response = await sendBytes(vpms.http.url, 'GET /health/live HTTP/1.1\r\n');
      expectProblem(response, '400 MALFORMED_REQUEST');
    });
  });

  describe('HEAD', () => {
    it.each([
      ['/', 200],
      ['/health', 200],
      ['/api/admin/parking-lots', 200],
      ['/api/admin/parking-lots/77/spots', 404],
      ['/nope', 404],
    ])('returns the headers of GET for %s, without a body', async (path, status) => {
      const options = { token: admin.token };
      const [head, get] = await Promise.all([
        vpms.http.request('HEAD', path, options),
        vpms.http.get(path, options),
      ]);
      expect(head).toMatchObject({ status, text: '' });
      expect(get.status).toBe(status);
      expect(head.headers.get('content-type')).toBe(get.headers.get('content-type'));
    });
  });

  describe('X-Request-Id', () => {
    const anywhere: [string, string, Record<string, string>][] = [
      ['GET', '/', {}],
      ['GET', '/health', {}],
      ['GET', '/nope', {}],
      ['GET', '/api/%zz', {}],
      ['GET', '/api/auth/me', {}],
      ['POST', '/api/user/register', {}],
      ['POST', '/api/user/register', { 'content-type': 'application/json' }],
      ['GET', '/api/docs', {}],
      ['GET', '/api/docs-json', {}],
      ['GET', '/api/docs/swagger-ui.css', {}],
      ['GET', '/api/docs/nope.css', {}],
      ['OPTIONS', '/api/auth/me', {}],
      ['OPTIONS', '/x', { origin: 'https://a.example', 'access-control-request-method': 'PUT' }],
    ];

    it.each(anywhere)('is set on %s %s %o', async (method, path, headers) => {
      const own = await vpms.http.request(method, path, { headers });
      expect(own.headers.get('x-request-id')).toMatch(/^[\da-f-]{36}$/);
      const sent = { ...headers, 'x-request-id': 'trace-1/a.b:c=d' };
      const echoed = await vpms.http.request(method, path, { headers: sent });
      expect(echoed.headers.get('x-request-id')).toBe('trace-1/a.b:c=d');
    });

    it('is set on a refused large body', async () => {
      const response = await vpms.http.post('/api/user/register', {
        raw: 'x'.repeat(102_401),
        headers: { 'content-type': 'application/json', 'x-request-id': 'large' },
      });
      expectProblem(response, '413 BODY_TOO_LARGE');
      expect(response.body.request_id).toBe('large');
    });

    it.each([
      '',
      ' ',
      'a b',
      'a,b',
      '<script>',
      '"quoted"',
      '{}',
      'x@y.example',
      'x'.repeat(129),
      'é',
    ])('is replaced if the client sent %j', async (id) => {
      const { headers } = await vpms.http.get('/', { headers: { 'x-request-id': id } });
      expect(headers.get('x-request-id')).toMatch(/^[\da-f-]{36}$/);
    });

    it('is different for each request', async () => {
      const responses = await Promise.all(Array.from({ length: 20 }, () => vpms.http.get('/')));
      const ids = responses.map(({ headers }) => headers.get('x-request-id'));
      expect(new Set(ids).size).toBe(20);
    });
  });
});
