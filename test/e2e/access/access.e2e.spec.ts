import { HOUR, MINUTE } from '../../../src/platform/time/durations.js';
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  createGate,
  createLot,
  createMember,
  PASSWORD,
  type TestAccount,
} from '../../support/data/factories.js';
import { requestExport, waitForExport } from '../../support/scenes/exports.js';
import { recordBookings } from '../../support/data/past-bookings.js';
import type { HttpResponse } from '../../support/http/clients/http-client.js';
import { runJob } from '../../support/app/job-runs.js';
import {
  type Document,
  type Operation,
  operationsOf,
  resolveSchema,
  type Schema,
} from '../../support/http/operations.js';
import { chunk } from '../../../src/platform/database/bulk/chunk.js';
import { expectProblem } from '../../support/http/problems.js';
import { routesOf, templateOf } from '../../support/checks/routes.js';
import { type TestApp, useTestApp } from '../../support/app/test-app.js';
import { loginAdmin } from '../../support/http/login.js';

/**
 * Read from the stored file, because the tests run code that was not compiled with the plugin that
 * adds examples.
 */
const document = JSON.parse(readFileSync('docs/openapi.json', 'utf8')) as Document;

type Cause = Parameters<typeof expectProblem>[1];

/**
 * How to create the resource that a route's parameter refers to, and what a request for it needs.
 */
interface Owned {
  readonly make: (vpms: TestApp, owner: TestAccount) => Promise<string>;
  /** The error for every other account. */
  readonly cause: Cause;
  /** What the request needs besides the path. */
  readonly query?: string;
  readonly body?: object;
  /** The status for the owner; 200 by default. */
  readonly success?: number;
}

const MONTH = '2026-02';

const task: Owned = {
  make: async ({ http }, { token }) => {
    const made = await requestExport(http, token);
    await waitForExport(made, 'completed');
    return made.id;
  },
  cause: '404 EXPORT_NOT_FOUND',
};

const vehicle: Owned = {
  make: async ({ http }, { token, username }) => {
    const body = { plate: username };
    return String((await http.post('/api/user/vehicles', { token, body })).body.id);
  },
  cause: '404 VEHICLE_NOT_FOUND',
};

/** Instants in the future; no other booking of these tests is between them. */
const [FROM, UNTIL, LATER] = [2, 4, 6].map((hours) =>
  new Date(Date.now() + hours * HOUR).toISOString(),
);

/**
 * Returns a function that creates a booking ahead. With `hold` in the fields, it is a hold; with a `from` a
 * few minutes from now, its driver can check in.
 */
const bookAhead = (fields: object = {}): Owned['make'] => {
  return async (vpms, { token }) => {
    const { id } = await createLot(vpms);
    const booking = { lot_id: id, from: FROM, until: UNTIL, ...fields };
    return String((await vpms.as({ token }).bookAhead(booking)).body.id);
  };
};
const ahead: Owned = { make: bookAhead(), cause: '404 BOOKING_NOT_FOUND' };

/** Every route with a path parameter, with how to create the resource that it names if an account owns it. */
const NAMED: Record<string, Owned | 'everyone who has the role'> = {
  'PUT /api/admin/parking-lots/:id': 'everyone who has the role',
  'DELETE /api/admin/parking-lots/:id': 'everyone who has the role',
  'GET /api/admin/parking-lots/:id/spots': 'everyone who has the role',
  'PUT /api/admin/parking-lots/:id/tariff': 'everyone who has the role',
  'DELETE /api/admin/parking-lots/:id/tariff': 'everyone who has the role',
  'GET /api/admin/parking-lots/:id/tariffs': 'everyone who has the role',
  'GET /api/user/parking-lots/:id/tariff': 'everyone who has the role',
  'POST /api/admin/jobs/:name/run': 'everyone who has the role',
  'GET /api/admin/parking-lots/:id/policy': 'everyone who has the role',
  'PUT /api/admin/parking-lots/:id/policy': 'everyone who has the role',
  'POST /api/admin/bookings/:id/release': 'everyone who has the role',
  'POST /api/admin/bookings/:id/cancel': 'everyone who has the role',
  'POST /api/admin/bookings/:id/check-in': 'everyone who has the role',
  'PATCH /api/admin/gates/:id': 'everyone who has the role',
  'DELETE /api/admin/gates/:id': 'everyone who has the role',
  'POST /api/admin/gates/:id/key': 'everyone who has the role',
  'GET /api/admin/users/:id': 'everyone who has the role',
  'PATCH /api/admin/users/:id': 'everyone who has the role',
  'POST /api/admin/users/:id/reset-password': 'everyone who has the role',
  'PATCH /api/admin/admins/:id': 'everyone who has the role',
  'POST /api/admin/admins/:id/reset-password': 'everyone who has the role',
  'DELETE /api/auth/sessions/:id': {
    make: async ({ http }, { token, username }) => {
      await http.post('/api/user/login', { body: { username, password: PASSWORD } });
      const { body } = await http.get('/api/auth/sessions', { token });
      return String(body.at(-1).id);
    },
    cause: '404 SESSION_NOT_FOUND',
    success: 204,
  },
  'PATCH /api/user/vehicles/:id': { ...vehicle, body: { label: 'Changed' } },
  'DELETE /api/user/vehicles/:id': { ...vehicle, success: 204 },
  'PUT /api/user/bookings/:id/vehicle': { ...ahead, body: { vehicle_number: 'A 1' } },
  'GET /api/user/bookings/:id': ahead,
  'PATCH /api/user/bookings/:id': { ...ahead, body: { remarks: 'Changed' } },
  'POST /api/user/bookings/:id/confirm': { ...ahead, make: bookAhead({ hold: true }) },
  'GET /api/user/bookings/:id/extension': { ...ahead, query: `?until=${LATER}` },
  'POST /api/user/bookings/:id/extend': { ...ahead, body: { until: LATER } },
  'GET /api/user/bookings/:id/cancellation': ahead,
  'POST /api/user/bookings/:id/cancel': ahead,
  'POST /api/user/bookings/:id/check-in': {
    ...ahead,
    make: bookAhead({ from: new Date(Date.now() + 5 * MINUTE).toISOString() }),
  },
  'POST /api/user/bookings/:id/release': {
    make: async (vpms, { token }) => {
      return String((await vpms.as({ token }).book((await createLot(vpms)).id)).body.id);
    },
    cause: '404 BOOKING_NOT_FOUND',
  },
  'GET /api/user/bookings/:id/receipt': {
    make: async (vpms, { token }) => {
      const { body } = await vpms.as({ token }).book((await createLot(vpms)).id);
      await vpms.as({ token }).release(body.id);
      return String(body.id);
    },
    cause: '404 BOOKING_NOT_FOUND',
  },
  'GET /api/user/export-csv-status/:task_id': task,
  'GET /api/user/export-csv-download/:task_id': task,
  'GET /api/user/reports/:period': {
    make: async (vpms, { id: userId }) => {
      const { id: lotId } = await createLot(vpms);
      const stay = { parkedAt: `${MONTH}-03T09:00:00Z`, leftAt: `${MONTH}-03T10:00:00Z` };
      await recordBookings(vpms, [{ userId, lotId, ...stay }]);
      const admin = await loginAdmin(vpms);
      await runJob(vpms.http, admin, { name: 'monthly-reports', period: MONTH });
      return MONTH;
    },
    cause: '404 REPORT_NOT_FOUND',
  },
};

/** Fields that a client must not set: names of columns of this program, and common names in other programs. */
const NEVER_SET = [
  ['id', 'role', 'user_id', 'userId', 'account_id', 'owner_id', 'created_at', 'updated_at'],
  ['is_admin', 'isAdmin', 'admin', 'password_hash', 'passwordHash', 'permissions', 'scope'],
  ['price_per_hour', 'cost', 'parking_cost', 'spot_id', 'spot_number', 'status', 'parked_at'],
  ['left_at', 'parking_timestamp', 'leaving_timestamp', 'retired_at', 'occupied_spots'],
].flat();

describe('access control', () => {
  const vpms = useTestApp();
  const members: Partial<Record<string, { readonly token: string }>> = {};

  beforeAll(async () => {
    members['admin'] = await createMember(vpms, 'admin');
    members['user'] = await createMember(vpms);
    const { id: lotId } = await createLot(vpms);
    members['gate'] = { token: (await createGate(vpms, { lotId })).key };
  });

  it('lists the owner of the resource for each route with a path parameter', () => {
    const named = routesOf(vpms).filter(({ path }) => path.includes(':'));
    const names = named.map(({ method, path }) => `${method} ${path}`);
    expect(
      names.sort(),
      "The routes with a path parameter differ from NAMED in test/e2e/access/access.e2e.spec.ts. Add the route there: how to create the resource and the error for another driver, or 'everyone who has the role'.",
    ).toEqual(Object.keys(NAMED).sort());
    for (const { method, path, access } of named) {
      const isShared = NAMED[`${method} ${path}`] === 'everyone who has the role';
      // Drivers share no resource with other drivers, except the lots.
      const isAdmins = isShared && !path.startsWith('/api/user/parking-lots/');
      const roles = path.startsWith('/api/auth/')
        ? ['admin', 'user']
        : [isAdmins ? 'admin' : 'user'];
      expect(
        [path, access],
        'Only a route for admins, or of a lot, may be shared by everyone who has the role: change NAMED in test/e2e/access/access.e2e.spec.ts or @Roles of the route.',
      ).toEqual([path, roles]);
    }
  });

  const owned = Object.entries(NAMED).flatMap(([name, whose]) =>
    typeof whose === 'string' ? [] : [{ name, ...whose }],
  );

  it.each(owned)(
    "returns 404 for another account's $name",
    async ({ name, make, cause, query = '', body, success = 200 }) => {
      const owner = await createMember(vpms);
      const parameter = await make(vpms, owner);
      const [method = '', path = ''] = name.split(' ');
      const url = path.replace(/:\w+/, parameter) + query;
      const request = ({ token }: TestAccount) => vpms.http.request(method, url, { token, body });
      expectProblem(await request(await createMember(vpms)), cause);
      // The owner can still access the resource.
      expect((await request(owner)).status).toBe(success);
    },
  );

  describe('fields that clients must not set', () => {
    const example = (schema: Schema): Record<string, unknown> => {
      const { properties = {} } = resolveSchema(document, schema);
      const examples = Object.entries(properties).map(([name, field]) => [
        name,
        field.$ref ? example(field) : field.example,
      ]);
      return Object.fromEntries(examples);
    };

    /** Every field of any request or response, and common fields of other programs. */
    const fields = (): Map<string, unknown> => {
      const schemas = Object.values(document.components.schemas);
      const known = schemas.flatMap(({ properties = {} }) => Object.entries(properties));
      return new Map([
        ...NEVER_SET.map((name): [string, unknown] => [name, 1]),
        ...known.map(([name, { example = 1 }]): [string, unknown] => [name, example]),
      ]);
    };

    const send = ({ method, path }: Operation, body: object): Promise<HttpResponse> => {
      const route = routesOf(vpms).find(
        (each) => each.method === method && templateOf(each) === path,
      );
      const role = typeof route?.access === 'object' ? route.access.at(-1) : undefined;
      const token = role && members[role]?.token;
      return vpms.http.request(method, path.replaceAll(/\{\w+\}/g, '1'), { token, body });
    };

    it('are refused by name on every route with a body', async () => {
      const operations = operationsOf(document).filter(({ body }) => body !== undefined);
      expect(operations.length).toBeGreaterThan(9);
      for (const operation of operations) {
        const known = example(operation.body ?? {});
        const strange = [...fields()].filter(([name]) => !(name in known));
        // A request may have only one of the two fields.
        const good = 'vehicle_number' in known ? { ...known, vehicle_id: undefined } : known;
        expect(strange.length).toBeGreaterThan(50);
        // An error response names at most 20 fields.
        for (const some of chunk(strange, 20)) {
          expectProblem(
            await send(operation, { ...good, ...Object.fromEntries(some) }),
            '400 VALIDATION_FAILED',
            some.map(([name]) => name),
          );
        }
        for (const [name, value] of strange.filter(([each]) => NEVER_SET.includes(each))) {
          const response = await send(operation, { ...good, [name]: value });
          expectProblem(response, '400 VALIDATION_FAILED', [name]);
        }
      }
    });
  });
});
