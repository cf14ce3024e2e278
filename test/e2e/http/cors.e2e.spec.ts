import { afterEach, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp, type TestAppOptions } from '../../support/app/test-app.js';

const PRODUCTION = {
  NODE_ENV: 'production',
  JWT_SECRET: 'a secret of more than thirty-two characters',
  ADMIN_PASSWORD: 'correct horse battery staple',
};
const ORIGIN = 'https://app.example';
const EXPOSED = [
  'Link',
  'Retry-After',
  'X-Request-Id',
  'Content-Disposition',
  'RateLimit',
  'RateLimit-Policy',
];
const REQUESTED = 'authorization,content-type,idempotency-key,x-request-id';

describe('CORS', () => {
  let vpms: TestApp;

  const start = async (environment: TestAppOptions['environment'] = {}) => {
    vpms = await startTestApp({ environment });
  };
  afterEach(() => vpms[Symbol.asyncDispose]());

  const preflight = (method: string, origin = ORIGIN) =>
    vpms.http.request('OPTIONS', '/api/admin/parking-lots/1', {
      headers: {
        origin,
        'access-control-request-method': method,
        'access-control-request-headers': REQUESTED,
      },
    });
  const allowedOrigin = async (path: string, origin: string) =>
    (await vpms.http.get(path, { headers: { origin } })).headers.get('access-control-allow-origin');

  it('allows every origin, method and header by default', async () => {
    await start();
    for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']) {
      const { status, headers, text } = await preflight(method);
      expect({ status, text }).toEqual({ status: 204, text: '' });
      expect(headers.get('access-control-allow-origin')).toBe('*');
      expect(list(headers, 'access-control-allow-methods')).toContain(method.toLowerCase());
      expect(list(headers, 'access-control-allow-headers').sort()).toEqual(REQUESTED.split(','));
    }
  });

  it.each(['/', '/api/docs-json', '/nope', '/api/%zz', '/api/auth/me'])(
    'lets browsers read the headers of %s, including an error',
    async (path) => {
      await start();
      const { headers } = await vpms.http.get(path, { headers: { origin: ORIGIN } });
      expect(headers.get('access-control-allow-origin')).toBe('*');
      expect(list(headers, 'access-control-expose-headers')).toEqual(
        EXPOSED.map((name) => name.toLowerCase()),
      );
    },
  );

  it('allows only the listed origins', async () => {
    await start({ CORS_ORIGINS: `${ORIGIN}, http://localhost:3000` });
    for (const path of ['/', '/nope']) {
      expect(await allowedOrigin(path, ORIGIN)).toBe(ORIGIN);
      expect(await allowedOrigin(path, 'http://localhost:3000')).toBe('http://localhost:3000');
      expect(await allowedOrigin(path, 'https://evil.example')).toBeNull();
      expect(await allowedOrigin(path, `${ORIGIN}.evil.example`)).toBeNull();
    }
    const { headers } = await vpms.http.get('/', { headers: { origin: ORIGIN } });
    expect(list(headers, 'vary')).toContain('origin');
    expect((await preflight('PUT')).headers.get('access-control-allow-origin')).toBe(ORIGIN);
    const refused = await preflight('PUT', 'https://evil.example');
    expect(refused.headers.get('access-control-allow-origin')).toBeNull();
  });

  it('allows no origin in production by default', async () => {
    await start(PRODUCTION);
    expect(await allowedOrigin('/', ORIGIN)).toBeNull();
    expect(await allowedOrigin('/nope', ORIGIN)).toBeNull();
    expect((await preflight('PUT')).headers.get('access-control-allow-origin')).toBeNull();
  });

  it('allows listed origins in production', async () => {
    await start({ ...PRODUCTION, CORS_ORIGINS: ORIGIN });
    expect(await allowedOrigin('/', ORIGIN)).toBe(ORIGIN);
  });

  it('allows the origin of an app', async () => {
    await start({ CORS_ORIGINS: 'capacitor://localhost, https://app.example' });
    expect(await allowedOrigin('/health/live', 'capacitor://localhost')).toBe(
      'capacitor://localhost',
    );
    expect(await allowedOrigin('/health/live', 'capacitor://other')).toBeNull();
  });
});

function list(headers: Headers, name: string): string[] {
  return (headers.get(name) ?? '').split(',').map((item) => item.trim().toLowerCase());
}
