import { beforeEach, describe, expect, it } from 'vitest';
import { accessKeyDigest } from '../../../src/platform/access-key.js';
import { FixedClock, START } from '../../support/app/fixed-clock.js';
import { useTestApp } from '../../support/app/test-app.js';
import { auditRows } from '../../support/data/audit-rows.js';
import { createLot, createMember, type TestAccount } from '../../support/data/factories.js';
import { queryDatabase } from '../../support/data/test-database.js';
import { expectProblem } from '../../support/http/problems.js';

const GATES = '/api/admin/gates';
const clock = new FixedClock(START);
const vpms = useTestApp({ clock, environment: { JWT_EXPIRES_IN: '31536000' } });
let admin: TestAccount;
let lotId: number;

beforeEach(async () => {
  clock.set(START);
  admin = await createMember(vpms, 'admin');
  lotId = (await createLot(vpms)).id;
});

const add = (fields: object = {}, headers = {}) =>
  vpms.as(admin).post(GATES, {
    body: { lot_id: lotId, name: 'North entrance', direction: 'in', ...fields },
    headers,
  });
const change = (id: number, body: object) =>
  vpms.http.request('PATCH', `${GATES}/${id}`, { token: admin.token, body });
const remove = (id: number) => vpms.http.delete(`${GATES}/${id}`, { token: admin.token });
const digestOf = async (id: number) => {
  const rows = await queryDatabase<{ key_digest: string | null }>(
    vpms.dataDirectory,
    `SELECT key_digest FROM gates WHERE id = ${id}`,
  );
  return rows[0]?.key_digest;
};
const lastAudit = async () => (await auditRows(vpms)).at(-1);

describe('the gates of a lot', () => {
  it('are added with a key that is shown once and stored as a digest', async () => {
    const { status, body } = await add();
    expect(status).toBe(201);
    expect(body).toEqual({
      id: expect.any(Number),
      lot_id: lotId,
      name: 'North entrance',
      direction: 'in',
      created_at: START,
      updated_at: START,
      key: expect.stringMatching(/^gate_[\w-]{43}$/),
    });
    expect(await digestOf(body.id)).toBe(accessKeyDigest(body.key));
    const { key, ...shown } = body;
    const list = await vpms.as(admin).get(`${GATES}?limit=500`);
    expect(list.body).toContainEqual(shown);
    expect(list.text).not.toContain(key);
    expect(await lastAudit()).toMatchObject({
      action: 'gate.created',
      actor_name: admin.username,
      target_type: 'gate',
      target_id: String(body.id),
      before: null,
      after: { lotId, name: 'North entrance', direction: 'in' },
    });
    const { body: entries } = await vpms.as(admin).get('/api/admin/audit-log?limit=1');
    expect(entries[0].after).toEqual({ lot_id: lotId, name: 'North entrance', direction: 'in' });
    expect(JSON.stringify(await auditRows(vpms))).not.toContain(key);
  });

  it('show null instead of the key if the request is repeated', async () => {
    const headers = { 'idempotency-key': 'add-a-gate' };
    const first = await add({}, headers);
    const second = await add({}, headers);
    expect(second.headers.get('idempotency-replayed')).toBe('true');
    expect(second).toMatchObject({ status: 201, body: { ...first.body, key: null } });
    const path = `${GATES}/${first.body.id}/key`;
    const renewed = await vpms.as(admin).post(path, { headers });
    const again = await vpms.as(admin).post(path, { headers });
    expect(again).toMatchObject({ status: 201, body: { ...renewed.body, key: null } });
    expect(await digestOf(first.body.id)).toBe(accessKeyDigest(renewed.body.key));
    const records = await queryDatabase(vpms.dataDirectory, 'SELECT * FROM idempotency_records');
    for (const { body } of [first, renewed]) {
      expect(JSON.stringify(records)).not.toContain(body.key);
    }
  });

  it('get a new key, which replaces the old one', async () => {
    const { body: gate } = await add();
    clock.advance(1000);
    const { status, body } = await vpms.as(admin).post(`${GATES}/${gate.id}/key`);
    expect(status).toBe(201);
    const updated_at = clock.now().toISOString();
    expect(body).toEqual({ ...gate, key: expect.stringMatching(/^gate_/), updated_at });
    expect(body.key).not.toBe(gate.key);
    expect(await digestOf(gate.id)).toBe(accessKeyDigest(body.key));
    const entry = { action: 'gate.key-issued', target_id: String(gate.id) };
    expect(await lastAudit()).toMatchObject({ ...entry, before: null, after: null });
  });

  it('change field by field, and keep their key', async () => {
    const { body: gate } = await add();
    const other = await createLot(vpms);
    clock.advance(1000);
    const updated_at = clock.now().toISOString();
    const { key, ...shown } = gate;
    const renamed = await change(gate.id, { name: 'South', direction: 'in' });
    expect(renamed).toMatchObject({ status: 200, body: { ...shown, name: 'South', updated_at } });
    expect(await lastAudit()).toMatchObject({
      action: 'gate.updated',
      before: { name: 'North entrance' },
      after: { name: 'South' },
    });
    const moved = await change(gate.id, { lot_id: other.id, direction: 'both' });
    expect(moved.body).toMatchObject({ lot_id: other.id, name: 'South', direction: 'both' });
    expect(await digestOf(gate.id)).toBe(accessKeyDigest(key));
    const entries = (await auditRows(vpms)).length;
    expect((await change(gate.id, {})).body).toEqual(moved.body);
    expect((await change(gate.id, { name: 'South' })).body).toEqual(moved.body);
    expect(await auditRows(vpms)).toHaveLength(entries);
  });

  it('are deleted, which revokes the key', async () => {
    const { body: gate } = await add();
    const removed = await remove(gate.id);
    expect([removed.status, removed.text]).toEqual([204, '']);
    expect(await digestOf(gate.id)).toBeNull();
    expect(await lastAudit()).toMatchObject({
      action: 'gate.deleted',
      before: { lotId, name: 'North entrance', direction: 'in' },
    });
    expect((await vpms.as(admin).get(`${GATES}?limit=500`)).text).not.toContain(`"id":${gate.id},`);
    expectProblem(await remove(gate.id), '404 GATE_NOT_FOUND');
    expectProblem(await change(gate.id, { name: 'X' }), '404 GATE_NOT_FOUND');
    expectProblem(await vpms.as(admin).post(`${GATES}/${gate.id}/key`), '404 GATE_NOT_FOUND');
  });

  it('are deleted with their lot', async () => {
    const [one, two] = [await add(), await add({ direction: 'out' })];
    const path = `/api/admin/parking-lots/${lotId}`;
    expect((await vpms.http.delete(path, { token: admin.token })).status).toBe(200);
    for (const { body } of [one, two]) {
      expect(await digestOf(body.id)).toBeNull();
      expectProblem(await change(body.id, { name: 'X' }), '404 GATE_NOT_FOUND');
    }
    const deleted = (await auditRows(vpms)).filter(({ action }) => action === 'gate.deleted');
    expect(deleted.slice(-2).map((entry) => entry.target_id)).toEqual(
      [one, two].map(({ body }) => String(body.id)),
    );
    expectProblem(await add(), '404 LOT_NOT_FOUND');
  });

  it('are at most 50, even if they are added at once', async () => {
    const responses = await Promise.all(Array.from({ length: 53 }, () => add()));
    const refused = responses.filter(({ status }) => status !== 201);
    expect(refused).toHaveLength(3);
    for (const response of refused) expectProblem(response, '409 TOO_MANY_GATES');
    const { body: elsewhere } = await add({ lot_id: (await createLot(vpms)).id });
    expectProblem(await change(elsewhere.id, { lot_id: lotId }), '409 TOO_MANY_GATES');
  });

  it.each([
    [{ lot_id: 0 }, ['lot_id']],
    [{ lot_id: '1' }, ['lot_id']],
    [{ name: '' }, ['name']],
    [{ name: 'x'.repeat(81) }, ['name']],
    [{ direction: 'sideways' }, ['direction']],
    [{ key: 'gate_x' }, ['key']],
  ])('are refused with %j', async (fields, names) => {
    expectProblem(await add(fields), '400 VALIDATION_FAILED', names);
    const { body } = await add();
    expectProblem(await change(body.id, fields), '400 VALIDATION_FAILED', names);
  });

  it('are not added to a lot that does not exist', async () => {
    expectProblem(await add({ lot_id: 987654321 }), '404 LOT_NOT_FOUND');
    const { body } = await add();
    expectProblem(await change(body.id, { lot_id: 987654321 }), '404 LOT_NOT_FOUND');
  });

  it('are listed page by page', async () => {
    await add();
    await add();
    const first = await vpms.as(admin).get(`${GATES}?limit=1`);
    const next = /<(.*)>/.exec(first.headers.get('link') ?? '')?.[1] ?? '';
    const second = await vpms.as(admin).get(next);
    expect(second.body[0].id).toBeGreaterThan(first.body[0].id);
  });
});
