import { beforeEach, describe, expect, it } from 'vitest';
import { createLot, createMember } from '../../support/data/factories.js';
import { CapturedLog } from '../../support/app/captured-log.js';
import { useTestApp } from '../../support/app/test-app.js';

describe('the request log', () => {
  const log = new CapturedLog();
  const vpms = useTestApp({ log });

  beforeEach(() => {
    log.lines.length = 0;
  });

  /** The line is written after the last byte, which the client may receive slightly earlier. */
  const lineOf = (id: string | null) =>
    expect
      .poll(() => log.requests().filter((line) => line['request_id'] === id))
      .toEqual([expect.any(Object)])
      .then(() => log.requests().find((line) => line['request_id'] === id));

  it('has one line per request with method, route, status, duration and ids', async () => {
    const { token, id } = await createMember(vpms, 'admin');
    const lot = await createLot(vpms);
    const path = `/api/admin/parking-lots/${lot.id}/spots?limit=1`;
    const headers = { 'x-request-id': 'traced' };
    await vpms.http.get(path, { token, headers });
    const line = await lineOf('traced');
    expect(line).toMatchObject({
      level: 30,
      method: 'GET',
      route: '/api/admin/parking-lots/:id/spots',
      status: 200,
      ms: expect.any(Number),
      request_id: 'traced',
      address: '127.0.0.1',
      user_id: id,
    });
    expect(log.requests()).toHaveLength(1);
  });

  it.each([
    ['GET', '/', 200, '/'],
    ['GET', '/nope', 404, 'none'],
    ['GET', '/api/%zz', 400, 'none'],
    ['GET', '/api/auth/me', 401, '/api/auth/me'],
    ['POST', '/api/user/login', 400, '/api/user/login'],
    ['GET', '/api/docs-json', 200, '/api/docs-json'],
  ])('has a line without an account for %s %s', async (method, path, status, route) => {
    const { headers } = await vpms.http.request(method, path);
    const line = await lineOf(headers.get('x-request-id'));
    expect(line).toMatchObject({ method, status, route });
    expect(line).not.toHaveProperty('user_id');
  });

  it('has a line with the account for a refusal of its role, resource or input', async () => {
    const { token, id } = await createMember(vpms);
    for (const [method, path, status, route] of [
      ['GET', '/api/admin/stats', 403, '/api/admin/stats'],
      ['POST', '/api/user/bookings/999999/release', 404, '/api/user/bookings/:id/release'],
      ['POST', '/api/user/book-parking', 400, '/api/user/book-parking'],
    ] as const) {
      const { headers } = await vpms.http.request(method, path, { token, body: undefined });
      const line = await lineOf(headers.get('x-request-id'));
      expect(line).toMatchObject({ method, status, route, user_id: id });
    }
  });

  it('has a line for a preflight and for a body that is too large', async () => {
    const preflight = await vpms.http.request('OPTIONS', '/api/auth/me', {
      headers: { origin: 'https://a.example', 'access-control-request-method': 'GET' },
    });
    expect(await lineOf(preflight.headers.get('x-request-id'))).toMatchObject({ status: 204 });
    const large = await vpms.http.post('/api/user/login', {
      raw: 'x'.repeat(102_401),
      headers: { 'content-type': 'application/json' },
    });
    expect(await lineOf(large.headers.get('x-request-id'))).toMatchObject({ status: 413 });
  });

  it('never contains a token, a password, a body or a query string', async () => {
    const password = 'hunter2 hunter2';
    const changed = 'swordfish swordfish';
    const body = { username: 'logged', email: 'logged@example.com', password };
    await vpms.http.post('/api/user/register', { body });
    await vpms.http.post('/api/user/register', { body: { ...body, password: 7, x: password } });
    await vpms.http.post('/api/user/register', {
      raw: `{"password":"${password}`,
      headers: { 'content-type': 'application/json' },
    });
    await vpms.http.post('/api/user/login', { body: { username: password, password } });
    const login = { username: 'logged', password };
    const { token } = (await vpms.http.post('/api/user/login', { body: login })).body;
    await vpms.http.post('/api/auth/change-password', {
      token,
      body: { current_password: password, new_password: changed },
    });
    await vpms.http.get(`/api/auth/me?token=${token}`, { token });
    await vpms.http.get(`/nope/${password.slice(0, 7)}`, { token: `${token}x` });
    const last = await vpms.http.post('/api/auth/logout', { token });
    await lineOf(last.headers.get('x-request-id'));

    expect(log.requests()).toHaveLength(9);
    const [, claims = '', signature = ''] = String(token).split('.');
    for (const secret of ['hunter2', 'swordfish', claims, signature, 'logged@', 'argon2id']) {
      expect(log.text).not.toContain(secret);
    }
    expect(log.text.toLowerCase()).not.toMatch(/bearer|authorization/);
  });
});
