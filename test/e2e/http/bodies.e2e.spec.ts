import { beforeAll, describe, expect, it } from 'vitest';
import { createLot, createMember, type TestAccount } from '../../support/data/factories.js';
import type { HttpResponse } from '../../support/http/clients/http-client.js';
import { expectProblem } from '../../support/http/problems.js';
import { sendBytes } from '../../support/http/clients/raw-http.js';
import { useTestApp } from '../../support/app/test-app.js';

const JSON_TYPE = { 'content-type': 'application/json' };
/** 100 KiB. */
const LIMIT = 102_400;
/** Invalid values, each sent for every field. */
const WRONG_FOR_TEXT = [null, 5, 0, true, false, [], ['text'], {}, { a: 1 }];
const WRONG_FOR_NUMBERS = [null, '5', '', true, false, [], [5], {}];

interface Route {
  readonly method: string;
  readonly path: string;
  readonly role?: 'admin' | 'user';
  /** A valid body. */
  readonly good: Readonly<Record<string, unknown>>;
  readonly required: readonly string[];
}

const credentials = { username: 'unknown', password: 'wrong password' };
const lot = {
  prime_location_name: 'Central',
  address: '1 Main Street',
  pin_code: '110001',
  price: 12.5,
  number_of_spots: 3,
};
const ROUTES: Route[] = [
  {
    method: 'POST',
    path: '/api/user/register',
    good: { username: 'somebody', email: 'somebody@example.com', password: 'test123' },
    required: ['username', 'email', 'password'],
  },
  {
    method: 'POST',
    path: '/api/user/login',
    good: credentials,
    required: ['username', 'password'],
  },
  {
    method: 'POST',
    path: '/api/admin/login',
    good: credentials,
    required: ['username', 'password'],
  },
  {
    method: 'POST',
    path: '/api/auth/change-password',
    role: 'user',
    good: { current_password: 'test123', new_password: 'test1234' },
    required: ['current_password', 'new_password'],
  },
  {
    method: 'POST',
    path: '/api/admin/parking-lots',
    role: 'admin',
    good: lot,
    required: Object.keys(lot),
  },
  { method: 'PUT', path: '/api/admin/parking-lots/1', role: 'admin', good: lot, required: [] },
  {
    method: 'POST',
    path: '/api/user/book-parking',
    role: 'user',
    good: { lot_id: 1, vehicle_number: 'DL 1', remarks: 'Back by six' },
    required: ['lot_id'],
  },
];

describe('the validation of request bodies', () => {
  const vpms = useTestApp();
  const members: { admin?: TestAccount; user?: TestAccount } = {};

  beforeAll(async () => {
    await createLot(vpms);
    members.admin = await createMember(vpms, 'admin');
    members.user = await createMember(vpms);
  });

  const tokenFor = ({ role }: Route) => role && members[role]?.token;
  const send = (route: Route, body: unknown): Promise<HttpResponse> =>
    vpms.http.request(route.method, route.path, { token: tokenFor(route), body });
  const sendRaw = (
    route: Route,
    raw: string | Uint8Array,
    headers = JSON_TYPE,
  ): Promise<HttpResponse> =>
    vpms.http.request(route.method, route.path, { token: tokenFor(route), raw, headers });

  describe.each(ROUTES)('$method $path', (route) => {
    it.each(['[]', 'null', '"x"', '5', 'true', '[{}]'])(
      'refuses JSON that is not an object: %s',
      async (raw) => {
        expectProblem(await sendRaw(route, raw), '400 VALIDATION_FAILED', ['body']);
      },
    );

    it.each(['{', '{"a":}', 'username=x', ' ', "{'a':1}", '{}{}', '{"a":1,}', '\0', 'NaN'])(
      'refuses invalid JSON: %j',
      async (raw) => {
        const response = await sendRaw(route, raw);
        expectProblem(response, '400 MALFORMED_REQUEST');
      },
    );

    it('names every missing field', async () => {
      if (route.required.length === 0) return;
      expectProblem(await send(route, {}), '400 VALIDATION_FAILED', route.required);
      expectProblem(await sendRaw(route, ''), '400 VALIDATION_FAILED', route.required);
    });

    it.each(Object.keys(route.good))('refuses other types for %s, and null', async (field) => {
      const isNumber = typeof route.good[field] === 'number';
      for (const value of isNumber ? WRONG_FOR_NUMBERS : WRONG_FOR_TEXT) {
        const response = await send(route, { ...route.good, [field]: value });
        expectProblem(response, '400 VALIDATION_FAILED', [field]);
      }
    });

    it.each([
      'x',
      'id',
      'role',
      'constructor',
      'prototype',
      'toString',
      'hasOwnProperty',
      'Username',
      '\ud800',
    ])('refuses the unknown field %j', async (field) => {
      const response = await send(route, { ...route.good, [field]: 'x' });
      expectProblem(response, '400 VALIDATION_FAILED', [field]);
    });

    it('refuses the field __proto__ with any value', async () => {
      const good = JSON.stringify(route.good).slice(1);
      for (const value of ['1', '{"role":"admin"}', 'null']) {
        const response = await sendRaw(route, `{"__proto__":${value},${good}`);
        expectProblem(response, '400 VALIDATION_FAILED', ['__proto__']);
      }
      expect(Object.prototype).not.toHaveProperty('role');
    });

    it('names all errors in one response', async () => {
      const nulls = Object.fromEntries(Object.keys(route.good).map((field) => [field, null]));
      const response = await send(route, { ...nulls, x: 1, constructor: 2 });
      expectProblem(response, '400 VALIDATION_FAILED', [...Object.keys(nulls), 'x', 'constructor']);
    });

    it.each([
      ['[', ']'],
      ['{"a":', '}'],
    ])('refuses a deeply nested body: %s', async (open, close) => {
      const nested = (depth: number) => `${open.repeat(depth)}1${close.repeat(depth)}`;
      const [field = ''] = Object.keys(route.good);
      for (const name of [field, 'x']) {
        const sendNested = (depth: number) =>
          sendRaw(route, `{${JSON.stringify(name)}:${nested(depth)}}`);
        expectProblem(await sendNested(4), '400 VALIDATION_FAILED');
        for (const depth of [5, Math.floor(90_000 / (open.length + 1))]) {
          const response = await sendNested(depth);
          expectProblem(response, '400 MALFORMED_REQUEST');
          expect(response.body.message).toContain('5 levels');
        }
      }
    });

    it('ignores brackets inside a text', async () => {
      const [field = ''] = Object.keys(route.good);
      const brackets = `{${JSON.stringify(field)}:"${'[{'.repeat(50)}\\"${'['.repeat(50)}","x":1}`;
      expectProblem(await sendRaw(route, brackets), '400 VALIDATION_FAILED');
    });

    it('accepts 100 KiB and refuses one byte more', async () => {
      const start = '{"x":"';
      const fits = `${start}${'a'.repeat(LIMIT - start.length - 2)}"}`;
      expectProblem(await sendRaw(route, fits), '400 VALIDATION_FAILED');
      expectProblem(await sendRaw(route, `${fits} `), '413 BODY_TOO_LARGE');
      expectProblem(await sendRaw(route, 'a'.repeat(LIMIT + 1)), '413 BODY_TOO_LARGE');
    });

    it.each([
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application/jsonx',
      'application/json-patch+json',
      'application/xml',
      'garbage',
    ])('refuses the content type %s', async (type) => {
      expectProblem(await sendRaw(route, '{}', { 'content-type': type }), '415 NOT_JSON');
    });

    it('refuses a missing content type', async () => {
      const { method, path } = route;
      // The body is sent as bytes, to which fetch adds no content type.
      const raw = Buffer.from(JSON.stringify(route.good));
      const response = await vpms.http.request(method, path, { token: tokenFor(route), raw });
      expectProblem(response, '415 NOT_JSON');
    });

    it('refuses bytes that are not UTF-8', async () => {
      const [text = ''] = Object.keys(route.good).slice(1);
      const bytes = [Buffer.from(`{"${text}":"a`), Buffer.from([0xff]), Buffer.from('"}')];
      expectProblem(await sendRaw(route, Buffer.concat(bytes)), '400 MALFORMED_REQUEST');
    });
  });

  it.each(['application/json; charset=utf-8', 'Application/JSON', 'application/json ; a=b'])(
    'accepts the content type %s',
    async (type) => {
      const raw = JSON.stringify(lot);
      const response = await vpms.http.post('/api/admin/parking-lots', {
        token: members.admin?.token,
        raw,
        headers: { 'content-type': type },
      });
      expect(response.status).toBe(201);
    },
  );

  it('refuses a chunked body over 100 KiB', async () => {
    const chunk = 'a'.repeat(60_000);
    const chunks = `${(60_000).toString(16)}\r\n${chunk}\r\n`.repeat(2);
    const head =
      'POST /api/user/login HTTP/1.1\r\nHost: vpms\r\nConnection: close\r\n' +
      'Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n';
    const response = await sendBytes(vpms.http.url, `${head}${chunks}0\r\n\r\n`);
    expectProblem(response, '413 BODY_TOO_LARGE');
  });
});
