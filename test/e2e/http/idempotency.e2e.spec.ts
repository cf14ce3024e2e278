import { describe, expect, it } from 'vitest';
import { Housekeeping } from '../../../src/jobs/housekeeping.js';
import { DAY } from '../../../src/platform/time/durations.js';
import { createMember } from '../../support/data/factories.js';
import { countRows } from '../../support/data/test-database.js';
import type { HttpResponse } from '../../support/http/clients/http-client.js';
import {
  expectReplay,
  KeyedRequests,
  LOT,
  newKey,
  START,
} from '../../support/http/keyed-requests.js';
import { expectProblem } from '../../support/http/problems.js';

const scene = new KeyedRequests();
const { clock, vpms, post, book, createLot } = scene;

/** A replayed error is equal except for the request's id. */
function expectReplayedProblem(response: HttpResponse, first: HttpResponse): void {
  const { request_id: id, ...problem } = response.body;
  const { request_id: firstId, ...firstProblem } = first.body;
  expect(problem).toEqual(firstProblem);
  expect(id).not.toBe(firstId);
  expect(response.headers.get('idempotency-replayed')).toBe('true');
}

describe('a repeated request', () => {
  it('books once and returns the first response, at any time and after any change', async () => {
    const key = newKey();
    const first = await book(key, { body: { lot_id: scene.lotId, remarks: START } });
    expect(first.status).toBe(201);
    clock.advance(DAY / 2);
    const change = {
      token: scene.admin.token,
      body: { price: 99, prime_location_name: 'Renamed' },
    };
    await vpms.http.put(`/api/admin/parking-lots/${scene.lotId}`, change);
    expectReplay(await book(key, { body: { remarks: START, lot_id: scene.lotId } }), first);
    expect(
      await countRows(vpms.dataDirectory, 'reservations', `user_id = ${scene.driver.id}`),
    ).toBe(1);
  });

  it('releases once and returns the first cost', async () => {
    const { body: booking } = await book(newKey());
    const key = newKey();
    const path = `/api/user/bookings/${booking.id}/release`;
    clock.advance(3_600_001);
    const first = await post(path, { key });
    expect([first.status, first.body.cost]).toEqual([200, 25]);
    clock.advance(DAY / 2);
    expectReplay(await post(path, { key, body: {} }), first);
    expectProblem(await post(path, { key: newKey() }), '409 ALREADY_RELEASED');
  });

  it('creates one lot', async () => {
    const lots = await countRows(vpms.dataDirectory, 'lots');
    const key = newKey();
    const first = await createLot(key);
    expect(first.status).toBe(201);
    await book(newKey(), { body: { lot_id: first.body.id } });
    expectReplay(await createLot(key), first);
    expect(await countRows(vpms.dataDirectory, 'lots')).toBe(lots + 1);
  });

  it('starts one export, even if the first one is finished', async () => {
    const key = newKey();
    const path = '/api/user/export-csv-async';
    const first = await post(path, { key });
    expect(first.status).toBe(202);
    const status = () => vpms.http.get(first.body.status_url, { token: scene.driver.token });
    await expect.poll(async () => (await status()).body.status).toBe('completed');
    expectReplay(await post(path, { key }), first);
    expect(await countRows(vpms.dataDirectory, 'exports', `user_id = ${scene.driver.id}`)).toBe(1);
  });

  it('runs a job once and returns the first row', async () => {
    const key = newKey();
    const request = { key, member: scene.admin, body: { period: '2026-01' } };
    const path = '/api/admin/jobs/monthly-reports/run';
    const first = await post(path, request);
    expect([first.status, first.body.status]).toEqual([202, 'running']);
    const runs = () => vpms.http.get('/api/admin/jobs', { token: scene.admin.token });
    await expect.poll(async () => (await runs()).body[0].status).toBe('completed');
    expectReplay(await post(path, request), first);
    expectProblem(await post(path, { ...request, key: newKey() }), '409 PERIOD_COMPLETED');
  });

  it('replays a refusal, even if the request would succeed now', async () => {
    const { body: lot } = await createLot(newKey(), { body: { ...LOT, number_of_spots: 1 } });
    const body = { lot_id: lot.id };
    const other = await createMember(vpms);
    const { body: booking } = await book(newKey(), { body, member: other });
    const key = newKey();
    const first = await book(key, { body });
    expectProblem(first, '409 LOT_FULL');
    await post(`/api/user/bookings/${booking.id}/release`, { key: newKey(), member: other });
    expectReplayedProblem(await book(key, { body }), first);
    expect((await book(newKey(), { body })).status).toBe(201);
  });

  it('replays a 404', async () => {
    const key = newKey();
    const body = { lot_id: 999_999_999 };
    const first = await book(key, { body });
    expectProblem(first, '404 LOT_NOT_FOUND');
    expectReplayedProblem(await book(key, { body }), first);
    const job = { key, member: scene.admin };
    const unknown = await post('/api/admin/jobs/unknown/run', job);
    expectProblem(unknown, '404 JOB_NOT_FOUND');
    expectReplayedProblem(await post('/api/admin/jobs/unknown/run', job), unknown);
  });

  it('is executed if the first one was invalid', async () => {
    const key = newKey();
    expectProblem(await book(key, { body: {} }), '400 VALIDATION_FAILED', ['lot_id']);
    const later = { period: '2999-01' };
    const path = '/api/admin/jobs/monthly-reports/run';
    expectProblem(
      await post(path, { key, body: later, member: scene.admin }),
      '400 VALIDATION_FAILED',
    );
    const response = await book(key);
    expect([response.status, response.headers.get('idempotency-replayed')]).toEqual([201, null]);
  });

  it('is executed after 24 hours, when the record is deleted', async () => {
    const key = newKey();
    await createLot(key);
    clock.advance(DAY - 1);
    expect((await createLot(key)).headers.get('idempotency-replayed')).toBe('true');
    const another = newKey();
    await createLot(another);
    clock.advance(1);
    const later = await createLot(key);
    expect([later.status, later.headers.get('idempotency-replayed')]).toEqual([201, null]);
    const expired = () =>
      countRows(vpms.dataDirectory, 'idempotency_records', `created_at <= ${Date.parse(START)}`);
    expect(await expired()).toBeGreaterThan(0);
    await vpms.app.get(Housekeeping).run();
    expect(await expired()).toBe(0);
    expect((await createLot(another)).headers.get('idempotency-replayed')).toBe('true');
  });
});

describe('an idempotency key', () => {
  it('belongs to one body, compared as parsed JSON', async () => {
    const key = newKey();
    const raw = `{"lot_id":${scene.lotId},"remarks":"A","vehicle_number":"B"}`;
    const first = await book(key, { body: undefined, raw });
    const same = ` { "vehicle_number": "\\u0042", "remarks": "A", "lot_id": ${scene.lotId}.0 } `;
    expectReplay(await book(key, { body: undefined, raw: same }), first);
    expectProblem(await book(key), '422 IDEMPOTENCY_KEY_REUSED');
    const changed = raw.replace('"A"', '"a"');
    expectProblem(await book(key, { body: undefined, raw: changed }), '422 IDEMPOTENCY_KEY_REUSED');
  });

  it('belongs to one account', async () => {
    const key = newKey();
    const other = await createMember(vpms);
    expect((await book(key)).status).toBe(201);
    const response = await book(key, { member: other });
    expect([response.status, response.headers.get('idempotency-replayed')]).toEqual([201, null]);
    expect(response.body.user_id).toBe(other.id);
  });

  it('belongs to one path', async () => {
    const key = newKey();
    const { body: first } = await book(key);
    await post(`/api/user/bookings/${first.id}/release`, { key });
    const { body: second } = await book(newKey());
    const response = await post(`/api/user/bookings/${second.id}/release`, { key });
    expect([response.status, response.body.id]).toEqual([200, second.id]);
    expect((await post('/api/user/export-csv-async', { key })).status).toBe(202);
  });

  it.each([
    ['an empty one', ''],
    ['one with a space inside', 'a b'],
    ['one of 256 characters', 'k'.repeat(256)],
    ['one beyond ASCII', 'clé'],
  ])('is refused if invalid: %s', async (_, key) => {
    expectProblem(await book(key), '400 VALIDATION_FAILED', ['Idempotency-Key']);
    expect(
      await countRows(vpms.dataDirectory, 'reservations', `user_id = ${scene.driver.id}`),
    ).toBe(0);
  });

  it('accepts 255 visible ASCII characters', async () => {
    const key = `"{~!:${newKey()}`.padEnd(255, '/');
    const first = await book(key);
    expectReplay(await book(key), first);
  });

  it.each([
    ['[', ']'],
    ['{"a":', '}'],
  ])('tolerates a deeply nested body: %s', async (open, close) => {
    const depth = 15_000;
    const raw = `{"lot_id":${open.repeat(depth)}1${close.repeat(depth)}}`;
    const response = await post('/api/user/book-parking', { key: newKey(), raw });
    expectProblem(response, '400 MALFORMED_REQUEST');
  });

  it('is stored as a digest only', async () => {
    const key = newKey();
    await book(key);
    const named = `request_digest LIKE '%${key}%' OR outcome LIKE '%${key}%'`;
    expect(await countRows(vpms.dataDirectory, 'idempotency_records', named)).toBe(0);
  });
});
