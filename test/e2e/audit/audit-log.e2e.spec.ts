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
} from '../../support/data/factories.js';
import { FixedClock } from '../../support/app/fixed-clock.js';
import { expectProblem } from '../../support/http/problems.js';
import { routesOf } from '../../support/checks/routes.js';
import { useTestApp } from '../../support/app/test-app.js';
import { MINUTE } from '../../../src/platform/time/durations.js';

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

  /** Records that a limit was exceeded `times` times, a minute apart. */
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
    /** Expects that the query finds exactly the entries that satisfy the condition, and at least one. */
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
});
