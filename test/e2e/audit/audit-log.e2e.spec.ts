import { beforeAll, describe, expect, it } from 'vitest';
import { recordAudits } from '../../../src/platform/audit/audit.js';
import { TransactionRunner } from '../../../src/platform/database/transaction-runner.js';
import { auditRows } from '../../support/data/audit-rows.js';
import {
  CLIENT,
  createLot,
  createMember,
  type TestAccount,
  ADMIN_PRINCIPAL,
  PASSWORD,
} from '../../support/data/factories.js';
import { FixedClock } from '../../support/app/fixed-clock.js';
import { expectProblem } from '../../support/http/problems.js';
import { routesOf } from '../../support/checks/routes.js';
import { useTestApp } from '../../support/app/test-app.js';
import { queryDatabase } from '../../support/data/test-database.js';
import { claimsOf } from '../../support/app/tokens.js';
import { MINUTE } from '../../../src/platform/time/durations.js';
import { DEFAULT_ADMIN } from '../../support/http/login.js';

const NOW = '2026-03-01T09:30:00.000Z';
const LOG = '/api/admin/audit-log';
const FIRST_HIT = Date.parse('2026-02-01T00:00:00.000Z');

interface Entry {
  readonly id: number;
  readonly timestamp: string;
  readonly action: string;
  readonly actor_name: string | null;
  readonly target_type: string;
  readonly target_id: string | null;
}

describe('GET /api/admin/audit-log', () => {
  const environment = { CURRENCY: 'INR', TIMEZONE: 'UTC' };
  const vpms = useTestApp({ clock: new FixedClock(NOW), environment });
  let admin: TestAccount;
  let driver: TestAccount;

  beforeAll(async () => {
    admin = await createMember(vpms, 'admin');
    driver = await createMember(vpms);
    await hitLimit('login-address', 6);
    await createLot(vpms);
    const { id } = await createLot(vpms);
    const { token } = admin;
    const path = `/api/admin/parking-lots/${id}`;
    await vpms.http.put(path, { token, body: { price: 12.75 } });
    await vpms.http.delete(path, { token });
    for (const username of [driver.username, admin.username, 'unknown.name']) {
      const body = { username, password: 'wrong password' };
      await vpms.http.post('/api/user/login', { body });
    }
  });

  /** Records that a limit was exceeded that many times, a minute apart. */
  const hitLimit = (limit: string, times: number, first = FIRST_HIT) =>
    vpms.app.get(TransactionRunner).run((tx) =>
      recordAudits(
        tx,
        Array.from({ length: times }, (_, minute) => ({
          at: new Date(first + minute * MINUTE),
          by: CLIENT,
          action: 'limit.hit' as const,
          targetId: limit,
        })),
      ),
    );
  const get = (query: Record<string, string> = {}) =>
    vpms.http.get(`${LOG}?${new URLSearchParams(query).toString()}`, { token: admin.token });
  const find = async (query: Record<string, string> = {}) => {
    const response = await get(query);
    expect(response.status, response.text).toBe(200);
    return response.body as Entry[];
  };

  it('returns audited actions, newest first, with the names and units of the API', async () => {
    const [deleted, updated, created] = await find({ target_type: 'lot' });
    const target = { target_type: 'lot', target_id: updated?.target_id };
    const who = {
      timestamp: NOW,
      actor_id: admin.id,
      actor_name: admin.username,
      client_address: '127.0.0.1',
      request_id: expect.stringMatching(/\S/) as string,
    };
    const lot = {
      prime_location_name: 'Central',
      address: '1 Main Street',
      pin_code: '110001',
      price: 12.5,
      number_of_spots: 10,
      time_zone: null,
      latitude: null,
      longitude: null,
    };
    expect([deleted, updated, created]).toEqual([
      {
        id: expect.any(Number),
        action: 'lot.deleted',
        ...target,
        ...who,
        before: { ...lot, price: 12.75 },
        after: null,
      },
      {
        id: expect.any(Number),
        action: 'lot.updated',
        ...target,
        ...who,
        before: { price: 12.5 },
        after: { price: 12.75 },
      },
      {
        id: expect.any(Number),
        action: 'lot.created',
        ...target,
        ...who,
        actor_id: ADMIN_PRINCIPAL.id,
        actor_name: ADMIN_PRINCIPAL.username,
        request_id: ADMIN_PRINCIPAL.requestId,
        before: null,
        after: lot,
      },
    ]);
  });

  it('returns every kind of entry', async () => {
    const all = await find();
    const rows = (await auditRows(vpms)).toSorted(
      (one, other) => other.recorded_at - one.recorded_at || other.id - one.id,
    );
    expect(all.map(({ id }) => id)).toEqual(rows.map(({ id }) => id));
    expect(all.length).toBeGreaterThan(12);
  });

  describe('filters', () => {
    /** Expects exactly the entries of the whole log that satisfy the condition, at least one. */
    const expectFound = async (
      query: Record<string, string>,
      matches: (entry: Entry) => boolean,
    ) => {
      const matching = (await find()).filter(matches);
      expect(matching).not.toEqual([]);
      expect(await find(query)).toEqual(matching);
    };

    it('match the actor case-insensitively, including failed logins of that name', async () => {
      const matches = ({ actor_name: name }: Entry) => name === admin.username;
      await expectFound({ actor: admin.username }, matches);
      await expectFound({ actor: admin.username.toUpperCase() }, matches);
      const found = await find({ actor: admin.username });
      expect(found.map(({ action }) => action)).toContain('login.failed');
      expect(await find({ actor: 'unknown.name' })).toEqual([]);
    });

    it('match an action', async () => {
      await expectFound({ action: 'login.failed' }, ({ action }) => action === 'login.failed');
      expect(await find({ action: 'login.failed' })).toHaveLength(3);
      expect(await find({ action: 'password.changed' })).toEqual([]);
    });

    it('match a target', async () => {
      const [{ target_id: id }] = (await find({ target_type: 'lot' })) as [Entry];
      await expectFound({ target_type: 'lot' }, (entry) => entry.target_type === 'lot');
      await expectFound(
        { target_type: 'lot', target_id: String(id) },
        (entry) => entry.target_type === 'lot' && entry.target_id === id,
      );
      const filter = { target_type: 'limit', target_id: 'login-address' };
      await expectFound(filter, ({ target_type: type }) => type === 'limit');
      expect(await find({ target_type: 'job', target_id: '1' })).toEqual([]);
    });

    it('match a period with its start and without its end', async () => {
      const second = new Date(FIRST_HIT + MINUTE).toISOString();
      const fifth = new Date(FIRST_HIT + 4 * MINUTE).toISOString();
      const between = await find({ from: second, to: fifth });
      expect(between.map(({ timestamp }) => Date.parse(timestamp) - FIRST_HIT)).toEqual([
        3 * MINUTE,
        2 * MINUTE,
        MINUTE,
      ]);
      await expectFound({ from: NOW }, ({ timestamp }) => timestamp === NOW);
      await expectFound({ to: NOW }, ({ action }) => action === 'limit.hit');
      // The same instant with India's offset.
      expect(await find({ from: '2026-02-01T05:31:00+05:30', to: fifth })).toEqual(between);
      expect(await find({ from: fifth, to: second })).toEqual([]);
    });

    it('match only entries to which all of them apply', async () => {
      const query = { actor: admin.username, action: 'lot.updated', target_type: 'lot', from: NOW };
      await expectFound(query, ({ action }) => action === 'lot.updated');
      expect(await find({ ...query, actor: driver.username })).toEqual([]);
      expect(await find({ ...query, to: NOW })).toEqual([]);
    });

    it('return the same entries page by page while others are written', async () => {
      const before = await find({ action: 'limit.hit' });
      const pages: Entry[][] = [];
      let path: string | undefined = `${LOG}?action=limit.hit&limit=4`;
      while (path) {
        const response = await vpms.http.get(path, { token: admin.token });
        pages.push(response.body);
        path = /<(.+)>/.exec(response.headers.get('link') ?? '')?.[1];
        await hitLimit('registration-address', 1, Date.parse(NOW));
      }
      expect(pages.map(({ length }) => length)).toEqual([4, 2]);
      expect(pages.flat()).toEqual(before);
    });
  });

  it.each<[Record<string, string>, string[]]>([
    [{ actor: '' }, ['actor']],
    [{ actor: '\0' }, ['actor']],
    [{ action: 'lot.burnt' }, ['action']],
    [{ action: '' }, ['action']],
    [{ target_type: 'car' }, ['target_type']],
    [{ target_id: '7' }, ['target_type']],
    [{ target_type: 'lot', target_id: '' }, ['target_id']],
    [{ from: '2026-03-01' }, ['from']],
    [{ from: '2026-03-01T09:30:00' }, ['from']],
    [{ from: '2026-02-30T09:30:00Z' }, ['from']],
    [{ from: '1772357400000', to: 'now' }, ['from', 'to']],
    [{ to: '' }, ['to']],
    [{ cursor: 'x', action: 'lot.created' }, ['cursor']],
    [{ limit: '501' }, ['limit']],
  ])('refuses %j', async (query, fields) => {
    expectProblem(await get(query), '400 VALIDATION_FAILED', fields);
  });

  it('refuses a repeated filter', async () => {
    for (const name of ['actor', 'action', 'target_type', 'from']) {
      const value = name === 'from' ? NOW : 'lot';
      const path = `${LOG}?${name}=${value}&${name}=${value}`;
      const response = await vpms.http.get(path, { token: admin.token });
      expectProblem(response, '400 VALIDATION_FAILED', [name]);
    }
  });

  it('is the only route of the audit log', async () => {
    const routes = routesOf(vpms).filter(({ path }) => path.includes('audit'));
    expect(routes.map(({ method, path }) => `${method} ${path}`)).toEqual([`GET ${LOG}`]);
    const before = await auditRows(vpms);
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      for (const path of [LOG, `${LOG}/1`]) {
        const response = await vpms.http.request(method, path, { token: admin.token, body: {} });
        expectProblem(response, '404 ROUTE_NOT_FOUND');
      }
    }
    expect(await auditRows(vpms)).toEqual(before);
  });

  describe('secrets', () => {
    const secrets = {
      first: 'Correct-Horse-1',
      second: 'battery staple 2',
      wrong: 'Wrong-Guess-3',
      typedAsName: 'Typed-Too-Early-4',
    };
    /** The routes that accept a password, according to the document. */
    const ROUTES = [
      'DELETE /api/auth/me',
      'POST /api/admin/admins',
      'POST /api/admin/login',
      'POST /api/admin/users',
      'POST /api/auth/change-password',
      'POST /api/auth/reset-password',
      'POST /api/user/login',
      'POST /api/user/register',
    ];

    it('never appear, whether their requests succeed or fail', async () => {
      const { body: document } = await vpms.http.get('/api/docs-json');
      expect(routesWithPasswords(document)).toEqual(ROUTES);

      const tokens: string[] = [admin.token, driver.token];
      const post = async (path: string, body: object, token?: string) => {
        const response = await vpms.http.post(path, { body, token });
        if (typeof response.body?.token === 'string') tokens.push(response.body.token);
        return response;
      };
      const { first, second, wrong, typedAsName } = secrets;
      const username = 'secretive';
      const account = { username, email: 'secretive@example.com', password: first };
      expect((await post('/api/user/register', account)).status).toBe(201);
      expect((await post('/api/user/register', account)).status).toBe(409);
      for (const role of ['user', 'admin']) {
        const login = `/api/${role}/login`;
        await post(login, { username, password: first });
        await post(login, { username, password: wrong });
        await post(login, { username: typedAsName, password: wrong });
        await post(login, { username: first, password: username });
        await post(login, { username: admin.username, password: PASSWORD });
        await post(login, { username: tokens[0], password: wrong });
      }
      expect(tokens).toHaveLength(4);
      for (const members of ['admins', 'users']) {
        const member = { username: members, email: `${members}@example.com`, password: first };
        expect((await post(`/api/admin/${members}`, member, admin.token)).status).toBe(201);
      }
      const issue = `/api/admin/users/${driver.id}/reset-password`;
      const { body: issued } = await post(issue, {}, admin.token);
      const link = new URL(String(issued.reset_url)).searchParams.get('token') ?? '';
      const reset = '/api/auth/reset-password';
      expect((await post(reset, { token: wrong, new_password: first })).status).toBe(410);
      expect((await post(reset, { token: link, new_password: second })).status).toBe(204);
      const token = tokens.at(-2);
      const change = '/api/auth/change-password';
      const wrongly = { current_password: wrong, new_password: second };
      expect((await post(change, wrongly, token)).status).toBe(400);
      const rightly = { current_password: first, new_password: second };
      expect((await post(change, rightly, token)).status).toBe(204);
      await post('/api/user/login', { username, password: second });
      await vpms.http.delete('/api/auth/me', { token, body: { current_password: wrong } });
      await vpms.http.get(`/api/auth/me?token=${token}`, { token });
      await vpms.http.post('/api/auth/logout', { token });

      const hashes = await queryDatabase<{ password_hash: string }>(
        vpms.dataDirectory,
        'SELECT password_hash FROM accounts',
      );
      const parts = tokens.flatMap((each) => [each, String(claimsOf(each)['jti'])]);
      const never = [
        ...Object.values(secrets),
        link,
        PASSWORD,
        DEFAULT_ADMIN.password,
        ...parts,
        ...tokens.map((each) => each.slice(each.lastIndexOf('.') + 1)),
        ...hashes.map(({ password_hash: hash }) => hash),
        'argon2',
      ];
      const written = JSON.stringify(await auditRows(vpms));
      expect(written).toContain(username);
      expect(never.filter((secret) => written.includes(secret))).toEqual([]);
    });
  });
});

/** Operations whose body has a field of the format `password`. */
function routesWithPasswords(document: {
  paths: Record<string, Record<string, object>>;
  components: { schemas: Record<string, object> };
}): string[] {
  const secret = Object.entries(document.components.schemas)
    .filter(([, schema]) => JSON.stringify(schema).includes('"format":"password"'))
    .map(([name]) => `"#/components/schemas/${name}"`);
  return Object.entries(document.paths)
    .flatMap(([path, operations]) =>
      Object.entries(operations)
        .filter(([, operation]) => {
          const text = JSON.stringify(operation);
          return secret.some((reference) => text.includes(reference));
        })
        .map(([method]) => `${method.toUpperCase()} ${path}`),
    )
    .sort();
}
