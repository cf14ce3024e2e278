import { describe, expect, it, onTestFinished } from 'vitest';
import { TransactionRunner } from '../../../src/platform/database/transaction-runner.js';
import { rowLock } from '../../../src/platform/database/locks/row-lock.js';
import { Latch } from '../../support/app/latch.js';
import { startTestApp } from '../../support/app/test-app.js';
import { violationsOf } from '../../support/checks/violations.js';
import { countRows, ON_POSTGRES, queryDatabase } from '../../support/data/test-database.js';
import type { HttpResponse } from '../../support/http/clients/http-client.js';
import { expectReplay, KeyedRequests, newKey } from '../../support/http/keyed-requests.js';
import { expectProblem } from '../../support/http/problems.js';

const scene = new KeyedRequests();
const { clock, vpms, book, createLot } = scene;

describe('an idempotency record', () => {
  /** Replaces the outcome of the latest record as another version of the program would store it. */
  const replaceVersion = async (version: string): Promise<void> => {
    const { dataDirectory } = vpms;
    const own = `outcome LIKE '%"userId":${scene.driver.id},%'`;
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
    expect(
      await countRows(vpms.dataDirectory, 'reservations', `user_id = ${scene.driver.id}`),
    ).toBe(1);
  });

  it.runIf(ON_POSTGRES)('is shared with the previous version of the program', async () => {
    const key = newKey();
    const first = await book(key);
    const { dataDirectory } = vpms;
    const columns = 'request_digest, body_digest, outcome, created_at';
    const own = `outcome LIKE '%"userId":${scene.driver.id},%'`;
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
  const lockUntilOpened = async (latch: Latch): Promise<{ readonly over: Promise<void> }> => {
    const held = new Latch();
    const over = vpms.app.get(TransactionRunner).run(async (tx) => {
      await tx.sql`SELECT id FROM lots WHERE id = ${scene.lotId} ${rowLock(tx, 'FOR UPDATE')}`;
      held.open();
      await latch.opened;
    });
    await held.opened;
    return { over };
  };

  it('return 409 with Retry-After while the first one runs, and then its response', async () => {
    const latch = new Latch();
    const { over } = await lockUntilOpened(latch);
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
    latch.open();
    await over;
    const [first, ...more] = (await Promise.all(requests)).filter(({ status }) => status === 201);
    expect(more).toEqual([]);
    expectReplay(await book(key), first ?? (await book(newKey())));
  });

  it.runIf(ON_POSTGRES)('return 409 from another instance too', async () => {
    const second = await startTestApp({ clock, dataDirectory: vpms.dataDirectory });
    onTestFinished(() => second.stop());
    const latch = new Latch();
    const { over } = await lockUntilOpened(latch);
    const key = newKey();
    const requests = [book(key), book(key, { at: second })];
    expectProblem(await Promise.race(requests), '409 IDEMPOTENCY_KEY_IN_USE');
    latch.open();
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
      const responses = await Promise.all(Array.from({ length: 12 }, () => createLot(key)));
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
