import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { TransactionRunner } from '../../../src/platform/database/transaction-runner.js';
import { rowLock } from '../../../src/platform/database/locks/row-lock.js';
import { createLot, createMember, type TestAccount } from '../../support/data/factories.js';
import { FixedClock } from '../../support/app/fixed-clock.js';
import { Latch } from '../../support/app/latch.js';
import type { HttpResponse } from '../../support/http/clients/http-client.js';
import { expectProblem } from '../../support/http/problems.js';
import { startTestApp, type TestApp } from '../../support/app/test-app.js';
import { countRows, ON_POSTGRES, queryDatabase } from '../../support/data/test-database.js';
import { violationsOf } from '../../support/checks/violations.js';

const START = '2026-03-01T09:30:00.000Z';
const LOT = {
  prime_location_name: 'Central',
  address: '1 Main Street',
  pin_code: '110001',
  price: 12.5,
  number_of_spots: 3,
};

const clock = new FixedClock(START);
let vpms: TestApp;
let admin: TestAccount;
let driver: TestAccount;
let lotId: number;
let number = 0;

beforeAll(async () => {
  // Tokens that are valid longer than the records.
  vpms = await startTestApp({ clock, environment: { JWT_EXPIRES_IN: '604800' } });
  admin = await createMember(vpms, 'admin');
});
afterAll(() => vpms[Symbol.asyncDispose]());
beforeEach(async () => {
  clock.set(START);
  driver = await createMember(vpms);
  lotId = (await createLot(vpms)).id;
});

function newKey(): string {
  number += 1;
  return `key-${number}`;
}

interface Keyed {
  readonly key: string;
  readonly body?: unknown;
  readonly raw?: string;
  readonly member?: TestAccount;
  readonly at?: TestApp;
}

function post(path: string, { key, body, raw, member = driver, at = vpms }: Keyed) {
  const type: Record<string, string> =
    raw === undefined ? {} : { 'content-type': 'application/json' };
  const headers = { 'idempotency-key': key, ...type };
  return at.http.post(path, { token: member.token, body, raw, headers });
}

function book(key: string, more: Partial<Keyed> = {}): Promise<HttpResponse> {
  return post('/api/user/book-parking', { key, body: { lot_id: lotId }, ...more });
}

function createKeyedLot(key: string, more: Partial<Keyed> = {}): Promise<HttpResponse> {
  return post('/api/admin/parking-lots', { key, body: LOT, member: admin, ...more });
}

function expectReplay(response: HttpResponse, first: HttpResponse): void {
  expect([response.status, response.text]).toEqual([first.status, first.text]);
  expect(response.headers.get('idempotency-replayed')).toBe('true');
  expect(first.headers.get('idempotency-replayed')).toBeNull();
}

describe('an idempotency record', () => {
  /** Replaces the outcome of the latest record as another version of the program would store it. */
  const replaceVersion = async (version: string): Promise<void> => {
    const { dataDirectory } = vpms;
    const own = `outcome LIKE '%"userId":${driver.id},%'`;
    const change = `outcome = REPLACE(outcome, '{"v":1,', '{${version}')`;
    await queryDatabase(dataDirectory, `UPDATE idempotency_records SET ${change} WHERE ${own}`);
    const changed = `${own} AND outcome LIKE '{${version}"result"%'`;
    expect(await countRows(dataDirectory, 'idempotency_records', changed)).toBe(1);
  };

  it('of the first version without a version number is replayed', async () => {
    const key = newKey();
    const first = await book(key);
    await replaceVersion('');
    expectReplay(await book(key), first);
  });

  it('of a later version of the program counts as a key in use', async () => {
    const key = newKey();
    await book(key);
    await replaceVersion('"v":2,');
    const response = await book(key);
    expectProblem(response, '409 IDEMPOTENCY_KEY_IN_USE');
    expect(response.headers.get('retry-after')).toBe('1');
    expect(await countRows(vpms.dataDirectory, 'reservations', `user_id = ${driver.id}`)).toBe(1);
  });

  it.runIf(ON_POSTGRES)('is shared with the previous version of the program', async () => {
    const key = newKey();
    const first = await book(key);
    const { dataDirectory } = vpms;
    const columns = 'request_digest, body_digest, outcome, created_at';
    const own = `outcome LIKE '%"userId":${driver.id},%'`;
    const stored = await queryDatabase<{ digest: string }>(
      dataDirectory,
      `INSERT INTO kept_outcomes (${columns}) SELECT ${columns} FROM kept_outcomes WHERE ${own}
        ON CONFLICT (request_digest) DO UPDATE SET body_digest = excluded.body_digest,
          outcome = excluded.outcome, created_at = excluded.created_at
        RETURNING request_digest AS digest`,
    );
    expect(stored).toHaveLength(1);
    expectReplay(await book(key), first);
    await queryDatabase(dataDirectory, `DELETE FROM kept_outcomes WHERE ${own}`);
    expect(await countRows(dataDirectory, 'idempotency_records', own)).toBe(0);
  });
});

describe('concurrent requests with one key', () => {
  /** Locks the lot, and on SQLite the one writer, until the latch is opened. */
  const hold = async (gate: Latch): Promise<{ readonly over: Promise<void> }> => {
    const held = new Latch();
    const over = vpms.app.get(TransactionRunner).run(async (tx) => {
      await tx.sql`SELECT id FROM lots WHERE id = ${lotId} ${rowLock(tx, 'FOR UPDATE')}`;
      held.open();
      await gate.opened;
    });
    await held.opened;
    return { over };
  };

  it('return 409 with Retry-After while the first one runs, and then its response', async () => {
    const gate = new Latch();
    const { over } = await hold(gate);
    const key = newKey();
    const refused: HttpResponse[] = [];
    const requests = Array.from({ length: 5 }, async () => {
      const response = await book(key);
      if (response.status === 409) refused.push(response);
      return response;
    });
    await expect.poll(() => refused.length, { timeout: 10_000 }).toBe(4);
    for (const response of refused) {
      expectProblem(response, '409 IDEMPOTENCY_KEY_IN_USE');
      expect(response.headers.get('retry-after')).toBe('1');
    }
    gate.open();
    await over;
    const [first, ...more] = (await Promise.all(requests)).filter(({ status }) => status === 201);
    expect(more).toEqual([]);
    expectReplay(await book(key), first ?? (await book(newKey())));
  });

  it.runIf(ON_POSTGRES)('return 409 from another instance too', async () => {
    const second = await startTestApp({ clock, dataDirectory: vpms.dataDirectory });
    onTestFinished(() => second.stop());
    const gate = new Latch();
    const { over } = await hold(gate);
    const key = newKey();
    const requests = [book(key), book(key, { at: second })];
    expectProblem(await Promise.race(requests), '409 IDEMPOTENCY_KEY_IN_USE');
    gate.open();
    await over;
    const statuses = (await Promise.all(requests)).map(({ status }) => status);
    expect(statuses.toSorted((one, other) => one - other)).toEqual([201, 409]);
    for (const at of [vpms, second]) {
      expect((await book(key, { at })).headers.get('idempotency-replayed')).toBe('true');
    }
  });

  it('create one lot', async () => {
    for (let round = 0; round < 10; round += 1) {
      const lots = await countRows(vpms.dataDirectory, 'lots');
      const key = newKey();
      const responses = await Promise.all(Array.from({ length: 12 }, () => createKeyedLot(key)));
      const created = new Set(
        responses.filter(({ status }) => status === 201).map(({ text }) => text),
      );
      expect(created.size).toBe(1);
      for (const response of responses.filter(({ status }) => status !== 201)) {
        expectProblem(response, '409 IDEMPOTENCY_KEY_IN_USE');
      }
      expect(await countRows(vpms.dataDirectory, 'lots')).toBe(lots + 1);
    }
    expect(await violationsOf(vpms)).toEqual({});
  });
});
