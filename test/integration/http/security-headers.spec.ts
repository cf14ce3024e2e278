import { describe, expect, it } from 'vitest';
import { createMember, PASSWORD } from '../../support/data/factories.js';
import { startTestApp, useTestApp } from '../../support/app/test-app.js';

const NOTHING = "default-src 'none';base-uri 'none';form-action 'none';frame-ancestors 'none'";

describe('security headers', () => {
  const vpms = useTestApp({ environment: { PUBLIC_URL: 'https://parking.example' } });

  it.each(['/', '/health', '/nope', '/api/%zz', '/api/auth/me', '/api/docs-json', '/api/docsx'])(
    'forbid loading, framing, sniffing and caching of %s',
    async (path) => {
      const { headers } = await vpms.http.get(path);
      expect(headers.get('content-security-policy')).toBe(NOTHING);
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('x-powered-by')).toBeNull();
    },
  );

  it('keep tokens out of every cache', async () => {
    const { username } = await createMember(vpms);
    const body = { username, password: PASSWORD };
    const { status, headers } = await vpms.http.post('/api/user/login', { body });
    expect([status, headers.get('cache-control')]).toEqual([200, 'no-store']);
  });

  it.each(['/api/docs', '/api/docs/', '/api/docs/swagger-ui.css', '/api/docs?x'])(
    'let Swagger UI work at %s with local scripts and calls only',
    async (path) => {
      const policy = (await vpms.http.get(path)).headers.get('content-security-policy');
      expect(policy?.split('; ')).toEqual([
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
      ]);
    },
  );

  it('require HTTPS for this host only if drivers use HTTPS', async () => {
    const secure = (await vpms.http.get('/')).headers.get('strict-transport-security');
    expect(secure).toBe('max-age=31536000');
    await using plain = await startTestApp();
    expect((await plain.http.get('/')).headers.get('strict-transport-security')).toBeNull();
  });
});
