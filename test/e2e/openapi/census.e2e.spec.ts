import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { Access } from '../../../src/auth/access/access.js';
import { OperationsController } from '../../../src/operations/operations.controller.js';
import { PROBLEMS } from '../../../src/platform/errors/problem-codes.js';
import { GatesService } from '../../../src/parking/gates/gates.service.js';
import {
  ADMIN_PRINCIPAL,
  createGate,
  createLot,
  createMember,
} from '../../support/data/factories.js';
import { expectProblem } from '../../support/http/problems.js';
import { type Route, routesOf } from '../../support/checks/routes.js';
import { startTestApp, useTestApp } from '../../support/app/test-app.js';
import { claimsOf, forgeToken, SECRET } from '../../support/app/tokens.js';

const EITHER = ['admin', 'user'];

/** Every route and who may call it, independent of what `@Roles` and `@Public` declare. */
const ROUTES: Record<string, 'public' | readonly string[]> = {
  'GET /': 'public',
  'GET /health': 'public',
  'GET /health/live': 'public',
  'GET /health/ready': 'public',
  'GET /metrics': 'public',
  'GET /board': 'public',
  'GET /board/board.js': 'public',
  'GET /board/board.css': 'public',
  'GET /board/icon.svg': 'public',
  'GET /api/public/lots': 'public',
  'GET /api/public/lots.geojson': 'public',
  'GET /api/public/occupancy': 'public',
  'POST /api/user/register': 'public',
  'POST /api/user/login': 'public',
  'POST /api/user/forgot-password': 'public',
  'POST /api/auth/reset-password': 'public',
  'GET /reset-password': 'public',
  'POST /reset-password': 'public',
  'GET /confirm': 'public',
  'POST /confirm': 'public',
  'GET /unsubscribe': 'public',
  'POST /unsubscribe': 'public',
  'POST /api/admin/login': 'public',
  'GET /api/auth/me': EITHER,
  'DELETE /api/auth/me': EITHER,
  'GET /api/auth/me/data': EITHER,
  'POST /api/auth/logout': EITHER,
  'POST /api/auth/change-password': EITHER,
  'GET /api/auth/sessions': EITHER,
  'DELETE /api/auth/sessions': EITHER,
  'DELETE /api/auth/sessions/:id': EITHER,
  'GET /api/admin/stats': ['admin'],
  'GET /api/admin/recent-activity': ['admin'],
  'GET /api/admin/parking-lots': ['admin'],
  'POST /api/admin/parking-lots': ['admin'],
  'PUT /api/admin/parking-lots/:id': ['admin'],
  'DELETE /api/admin/parking-lots/:id': ['admin'],
  'GET /api/admin/parking-lots/:id/spots': ['admin'],
  'PUT /api/admin/parking-lots/:id/tariff': ['admin'],
  'DELETE /api/admin/parking-lots/:id/tariff': ['admin'],
  'GET /api/admin/parking-lots/:id/tariffs': ['admin'],
  'POST /api/admin/tariffs/preview': ['admin'],
  'GET /api/admin/parking-lots/:id/policy': ['admin'],
  'PUT /api/admin/parking-lots/:id/policy': ['admin'],
  'GET /api/admin/analytics': ['admin'],
  'GET /api/admin/analytics.csv': ['admin'],
  'GET /api/admin/analytics/report': ['admin'],
  'GET /api/admin/bookings': ['admin'],
  'POST /api/admin/bookings/:id/release': ['admin'],
  'POST /api/admin/bookings/:id/cancel': ['admin'],
  'POST /api/admin/bookings/:id/check-in': ['admin'],
  'GET /api/admin/gates': ['admin'],
  'POST /api/admin/gates': ['admin'],
  'PATCH /api/admin/gates/:id': ['admin'],
  'DELETE /api/admin/gates/:id': ['admin'],
  'POST /api/admin/gates/:id/key': ['admin'],
  'GET /api/admin/users': ['admin'],
  'POST /api/admin/users': ['admin'],
  'GET /api/admin/users/:id': ['admin'],
  'PATCH /api/admin/users/:id': ['admin'],
  'POST /api/admin/users/:id/reset-password': ['admin'],
  'GET /api/admin/admins': ['admin'],
  'POST /api/admin/admins': ['admin'],
  'PATCH /api/admin/admins/:id': ['admin'],
  'POST /api/admin/admins/:id/reset-password': ['admin'],
  'GET /api/admin/jobs': ['admin'],
  'POST /api/admin/jobs/:name/run': ['admin'],
  // The contract does not specify this route; docs/decisions/audit-log.md does.
  'GET /api/admin/audit-log': ['admin'],
  'GET /api/admin/gate-events': ['admin'],
  'POST /api/admin/gate-events': ['admin'],
  'POST /api/gate/entries': ['gate'],
  'POST /api/gate/exits': ['gate'],
  'GET /api/user/stats': ['user'],
  'GET /api/user/vehicles': ['user'],
  'POST /api/user/vehicles': ['user'],
  'PATCH /api/user/vehicles/:id': ['user'],
  'DELETE /api/user/vehicles/:id': ['user'],
  'PUT /api/user/bookings/:id/vehicle': ['user'],
  'GET /api/user/active-booking': ['user'],
  'GET /api/user/parking-lots/available': ['user'],
  'GET /api/user/parking-lots/:id/tariff': ['user'],
  'POST /api/user/quotes': ['user'],
  'POST /api/user/book-parking': ['user'],
  'GET /api/user/bookings': ['user'],
  'POST /api/user/bookings': ['user'],
  'GET /api/user/bookings/:id': ['user'],
  'PATCH /api/user/bookings/:id': ['user'],
  'POST /api/user/bookings/:id/confirm': ['user'],
  'GET /api/user/bookings/:id/extension': ['user'],
  'POST /api/user/bookings/:id/extend': ['user'],
  'GET /api/user/bookings/:id/cancellation': ['user'],
  'POST /api/user/bookings/:id/cancel': ['user'],
  'POST /api/user/bookings/:id/check-in': ['user'],
  'POST /api/user/bookings/:id/release': ['user'],
  'GET /api/user/bookings/:id/receipt': ['user'],
  'GET /api/user/export-csv': ['user'],
  'POST /api/user/export-csv-async': ['user'],
  'GET /api/user/export-csv-status/:task_id': ['user'],
  'GET /api/user/export-csv-download/:task_id': ['user'],
  'GET /api/user/reports': ['user'],
  'GET /api/user/reports/:period': ['user'],
};

describe('the error code census', () => {
  it('finds a test over HTTP for each code', () => {
    const tests = readdirSync('test/e2e', { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.spec.ts'))
      .map((file) => readFileSync(join('test/e2e', file), 'utf8'))
      .join('\n');
    const provoked = (code: string) => new RegExp(`'[1-5]\\d\\d ${code}'`).test(tests);
    const missing = Object.keys(PROBLEMS).filter((code) => !provoked(code));
    expect(
      missing,
      "No test in test/e2e provokes these codes of src/platform/errors/problem-codes.ts. Add a test there with expectProblem(response, '409 CODE'), the status and the code in one literal.",
    ).toEqual([]);
  });
});

describe('the access control of all routes', () => {
  const vpms = useTestApp({ environment: { JWT_SECRET: SECRET } });
  let routes: Route[];

  beforeAll(async () => {
    routes = routesOf(vpms);
  });

  const call = ({ method, path }: Route, token?: string) =>
    vpms.http.request(method, path.replaceAll(/:\w+/g, '1'), { token });
  const closed = () => routes.filter(({ access }) => access !== 'public');

  it('declares roles for every route', () => {
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
      // A second application in this process, because an application reads a route's metadata only once.
      await using undeclared = await startTestApp();
      expectProblem(await undeclared.http.get('/health/live'), '401 TOKEN_MISSING');
      for (const role of ['admin', 'user'] as const) {
        const { token } = await createMember(undeclared, role);
        expectProblem(await undeclared.http.get('/health/live', { token }), '403 ROLE_FORBIDDEN');
      }
    } finally {
      Reflect.defineMetadata(Access.KEY, declared, OperationsController);
    }
    expect((await vpms.http.get('/health/live')).status).toBe(200);
  });

  it('allows only the role that the path of a route names', () => {
    for (const { path, access } of closed()) {
      const [, , area = ''] = path.split('/');
      const roles = area === 'auth' ? EITHER : [area];
      expect([path, [...(access ?? [])].toSorted()]).toEqual([path, roles]);
    }
  });

  it('covers exactly the listed routes with the listed roles', () => {
    const found = routes.map(({ method, path, access }): [string, unknown] => [
      `${method} ${path}`,
      typeof access === 'object' ? [...access].sort() : access,
    ]);
    const remedy =
      'The routes or their roles differ from ROUTES in test/e2e/openapi/census.e2e.spec.ts. If the change is intended, change ROUTES too; otherwise change @Roles or @Public of the controller.';
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

  it('allows a gate only the routes of gates', async () => {
    const { id: lotId } = await createLot(vpms);
    for (const route of closed()) {
      const { key } = await createGate(vpms, { lotId: (await createLot(vpms)).id });
      const response = await call(route, key);
      if (route.access?.includes('gate')) expectProblem(response, '400 VALIDATION_FAILED');
      else expectProblem(response, '403 ROLE_FORBIDDEN');
    }
    const { id, key } = await createGate(vpms, { lotId });
    await vpms.app.get(GatesService).remove(id, ADMIN_PRINCIPAL);
    for (const route of closed()) expectProblem(await call(route, key), '401 TOKEN_REVOKED');
  });

  it('opens every public route to everyone, with or without a token', async () => {
    for (const route of routes.filter(({ access }) => access === 'public')) {
      for (const token of [undefined, 'garbage', 'gate_garbage']) {
        // A page without a link returns 410.
        expect([200, 400, 410]).toContain((await call(route, token)).status);
      }
    }
  });
});
