import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { Access } from '../../src/auth/access/access.js';
import { OperationsController } from '../../src/operations/operations.controller.js';
import { PROBLEMS } from '../../src/platform/errors/problem-codes.js';
import { createMember } from '../support/data/factories.js';
import { expectProblem } from '../support/http/problems.js';
import { type Route, routesOf } from '../support/checks/routes.js';
import { useTestApp } from '../support/app/test-app.js';
import { claimsOf, forgeToken, SECRET } from '../support/app/tokens.js';

const EITHER = ['admin', 'user'];

/** Every route and who may call it. A second record of what `@Roles` and `@Public` declare. */
const ROUTES: Record<string, 'public' | readonly string[]> = {
  'GET /': 'public',
  'GET /health': 'public',
  'GET /health/live': 'public',
  'GET /health/ready': 'public',
  'GET /metrics': 'public',
  'POST /api/user/register': 'public',
  'POST /api/user/login': 'public',
  'POST /api/admin/login': 'public',
  'GET /api/auth/me': EITHER,
  'POST /api/auth/logout': EITHER,
  'POST /api/auth/change-password': EITHER,
  'GET /api/admin/stats': ['admin'],
  'GET /api/admin/recent-activity': ['admin'],
  'GET /api/admin/parking-lots': ['admin'],
  'POST /api/admin/parking-lots': ['admin'],
  'PUT /api/admin/parking-lots/:id': ['admin'],
  'DELETE /api/admin/parking-lots/:id': ['admin'],
  'GET /api/admin/parking-lots/:id/spots': ['admin'],
  'GET /api/admin/users': ['admin'],
  'GET /api/admin/jobs': ['admin'],
  'POST /api/admin/jobs/:name/run': ['admin'],
  // Not specified by the contract; docs/decisions/audit-log.md.
  'GET /api/admin/audit-log': ['admin'],
  'GET /api/user/stats': ['user'],
  'GET /api/user/active-booking': ['user'],
  'GET /api/user/parking-lots/available': ['user'],
  'POST /api/user/book-parking': ['user'],
  'GET /api/user/bookings': ['user'],
  'POST /api/user/bookings/:id/release': ['user'],
  'GET /api/user/export-csv': ['user'],
  'POST /api/user/export-csv-async': ['user'],
  'GET /api/user/export-csv-status/:task_id': ['user'],
  'GET /api/user/export-csv-download/:task_id': ['user'],
  'GET /api/user/reports': ['user'],
  'GET /api/user/reports/:period': ['user'],
};

describe('the error code census', () => {
  it('finds a test over HTTP for each code', () => {
    const tests = readdirSync(import.meta.dirname)
      .map((file) => readFileSync(join(import.meta.dirname, file), 'utf8'))
      .join('\n');
    const provoked = (code: string) => new RegExp(`'[1-5]\\d\\d ${code}'`).test(tests);
    const missing = Object.keys(PROBLEMS).filter((code) => !provoked(code));
    expect(
      missing,
      "No test in test/e2e provokes these codes of src/platform/errors/problem-codes.ts. Add a test there with expectProblem(response, '409 CODE'), the status and the code in one literal.",
    ).toEqual([]);
  });
});

describe('the route census', () => {
  const vpms = useTestApp({ environment: { JWT_SECRET: SECRET } });
  let routes: Route[];

  beforeAll(async () => {
    routes = routesOf(vpms);
  });

  const call = ({ method, path }: Route, token?: string) =>
    vpms.http.request(method, path.replaceAll(/:\w+/g, '1'), { token });
  const closed = () => routes.filter(({ access }) => access !== 'public');

  it('finds declared roles on every route', () => {
    const undeclared = routes.filter(({ access }) => access === undefined || access.length === 0);
    expect(
      undeclared,
      'These routes are closed to everyone: add @Roles(…) or @Public() to the controller or its method.',
    ).toEqual([]);
  });

  it('refuses every caller of a route without declared roles', async () => {
    const declared: unknown = Reflect.getMetadata(Access.KEY, OperationsController);
    expect(declared).toBe('public');
    Reflect.deleteMetadata(Access.KEY, OperationsController);
    try {
      expectProblem(await vpms.http.get('/health/live'), '401 TOKEN_MISSING');
      for (const role of ['admin', 'user'] as const) {
        const { token } = await createMember(vpms, role);
        expectProblem(await vpms.http.get('/health/live', { token }), '403 ROLE_FORBIDDEN');
      }
    } finally {
      Reflect.defineMetadata(Access.KEY, declared, OperationsController);
    }
    expect((await vpms.http.get('/health/live')).status).toBe(200);
  });

  it('finds only routes whose path names the role', () => {
    for (const { path, access } of closed()) {
      const [, , area = ''] = path.split('/');
      const roles = area === 'auth' ? EITHER : [area];
      expect([path, [...(access ?? [])].toSorted()]).toEqual([path, roles]);
    }
  });

  it('finds exactly the listed routes with the listed roles', () => {
    const found = routes.map(({ method, path, access }): [string, unknown] => [
      `${method} ${path}`,
      typeof access === 'object' ? [...access].sort() : access,
    ]);
    const remedy =
      'The routes or their roles differ from ROUTES in test/e2e/census.e2e.spec.ts. If the change is intended, change ROUTES too; otherwise change @Roles or @Public of the controller.';
    expect(Object.fromEntries(found), remedy).toEqual(ROUTES);
    expect(found, 'Two controllers declare the same route.').toHaveLength(
      Object.keys(ROUTES).length,
    );
  });

  it('closes every route that is not public to a caller without a valid token', async () => {
    expect(closed()).not.toHaveLength(0);
    for (const route of closed()) {
      expectProblem(await call(route), '401 TOKEN_MISSING');
      expectProblem(await call(route, 'garbage'), '401 TOKEN_INVALID');
    }
  });

  it('refuses a revoked token on every such route', async () => {
    const { token } = await createMember(vpms);
    await vpms.http.post('/api/auth/logout', { token });
    for (const route of closed()) {
      expectProblem(await call(route, token), '401 TOKEN_REVOKED');
    }
  });

  it('refuses an expired token on every such route', async () => {
    for (const role of ['admin', 'user'] as const) {
      const { token } = await createMember(vpms, role);
      const expired = forgeToken({ claims: { ...claimsOf(token), exp: 1 } });
      for (const route of closed()) {
        expectProblem(await call(route, expired), '401 TOKEN_EXPIRED');
      }
    }
  });

  it('closes every such route to a token with a changed account or role', async () => {
    const [user, admin] = [await createMember(vpms), await createMember(vpms, 'admin')];
    const stranger = { ...claimsOf(user.token), sub: String(admin.id) };
    const climber = { ...claimsOf(user.token), role: 'admin' };
    for (const claims of [stranger, climber]) {
      for (const route of closed()) {
        expectProblem(await call(route, forgeToken({ claims })), '401 TOKEN_REVOKED');
      }
    }
  });

  it.each(['admin', 'user'] as const)('allows a %s only the routes of that role', async (role) => {
    const isOpen = ({ access }: Route) => access?.includes(role) === true;
    const callAsMember = async (route: Route) =>
      call(route, (await createMember(vpms, role)).token);
    for (const route of closed().filter(isOpen)) {
      expect([401, 403, 500]).not.toContain((await callAsMember(route)).status);
    }
    for (const route of closed().filter((candidate) => !isOpen(candidate))) {
      expectProblem(await callAsMember(route), '403 ROLE_FORBIDDEN');
    }
  });

  it('opens every public route to everyone, with or without a token', async () => {
    for (const route of routes.filter(({ access }) => access === 'public')) {
      for (const token of [undefined, 'garbage']) {
        expect([200, 400]).toContain((await call(route, token)).status);
      }
    }
  });
});
