import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE, SECOND } from '../../../src/platform/time/durations.js';
import { waitUntil } from '../../support/app/job-runs.js';
import type { QueueApp } from '../../support/scenes/queue-app.js';
import { QueueScene, reconcileUntil } from '../../support/scenes/queue-scene.js';

/** Milliseconds after which a job that must not run would have run. */
const QUIET = 400;

const scene = new QueueScene();
const { clock, ran, start, stop, rows, finished, inFuture } = scene;

describe('a delayed job', () => {
  it('runs once at its instant, and not before', async () => {
    const startedAt: number[] = [];
    const app = await start({ clock: undefined, work: () => void startedAt.push(Date.now()) });
    const runAt = new Date(Date.now() + 700);
    expect(await app.schedule({ runAt })).toBe(true);
    expect(await finished()).toEqual([{ status: 'completed', attempts: 1, error: null }]);
    await sleep(QUIET);
    expect(startedAt).toHaveLength(1);
    const late = (startedAt[0] ?? 0) - runAt.getTime();
    expect(late).toBeGreaterThanOrEqual(0);
    expect(late).toBeLessThan(2_000);
  });

  it('gets the payload that it was scheduled with', async () => {
    const app = await start();
    await app.schedule({ runAt: clock.now(), payload: { v: 1, bookingId: 7, note: 'é "' } });
    await finished();
    expect(ran).toEqual([{ v: 1, bookingId: 7, note: 'é "' }]);
  });

  it('is not stored if its transaction is rolled back', async () => {
    const app = await start();
    const unit = app.transactions.run(async (tx) => {
      await app.queue.schedule(tx, { kind: scene.kind, payload: { v: 1 }, runAt: clock.now() });
      throw new Error('no');
    });
    await expect(unit).rejects.toThrow('no');
    await sleep(QUIET);
    expect(await rows()).toEqual([]);
    expect(ran).toEqual([]);
  });

  it('survives a restart, and runs late if its instant has passed meanwhile', async () => {
    const first = await start();
    await first.schedule({ runAt: inFuture(HOUR) });
    await stop(first);
    clock.advance(3 * DAY);
    await start();
    expect(await finished()).toMatchObject([{ status: 'completed', attempts: 1 }]);
    expect(ran).toEqual([{ v: 1 }]);
  });

  it('is found by reconciliation when the clock has reached its instant', async () => {
    const app = await start();
    await app.schedule({ runAt: inFuture(HOUR) });
    clock.advance(HOUR - 1);
    await app.reconcile();
    await sleep(QUIET);
    expect(ran).toEqual([]);
    clock.advance(1);
    await reconcileUntil(app, () => ran.length > 0);
    expect(await finished()).toHaveLength(1);
  });

  it('runs once if several instances race for it', async () => {
    const apps = [await start(), await start(), await start()];
    const numbers = Array.from({ length: 40 }, (_, number) => number);
    const [app] = apps as [QueueApp];
    for (const number of numbers) {
      await app.schedule({ runAt: inFuture(MINUTE), payload: { v: 1, number } });
    }
    clock.advance(MINUTE);
    await Promise.all(apps.map((instance) => instance.reconcile()));
    await Promise.all(apps.map((instance) => instance.reconcile()));
    await finished(numbers.length);
    await sleep(QUIET);
    const sorted = (ran as { number: number }[])
      .map(({ number }) => number)
      .toSorted((a, b) => a - b);
    expect(sorted).toEqual(numbers);
    expect((await rows()).every(({ attempts }) => attempts === 1)).toBe(true);
  });

  it('does not run again if the clock is set back after it ran', async () => {
    const app = await start();
    await app.schedule({ key: 'a', runAt: clock.now() });
    await finished();
    clock.advance(-HOUR);
    expect(await app.schedule({ key: 'a', runAt: clock.now() })).toBe(false);
    await app.reconcile();
    clock.advance(2 * HOUR);
    await app.reconcile();
    await sleep(QUIET);
    expect(ran).toHaveLength(1);
  });

  it('waits for its instant again if the clock is set back before it runs', async () => {
    const app = await start();
    const runAt = inFuture(HOUR);
    clock.advance(-DAY);
    await app.schedule({ runAt });
    clock.advance(DAY + HOUR - 1);
    await app.reconcile();
    await sleep(QUIET);
    expect(ran).toEqual([]);
    clock.advance(1);
    await reconcileUntil(app, () => ran.length > 0);
    await sleep(QUIET);
    expect(ran).toHaveLength(1);
  });
});

describe('the key of a delayed job', () => {
  it('prevents a second job, before and after the first one has run', async () => {
    const app = await start();
    expect(await app.schedule({ key: 'a', runAt: inFuture(HOUR) })).toBe(true);
    expect(await app.schedule({ key: 'a', runAt: clock.now() })).toBe(false);
    expect(await app.schedule({ key: 'b', runAt: clock.now() })).toBe(true);
    clock.advance(HOUR);
    await reconcileUntil(app, () => ran.length === 2);
    await finished(2);
    expect(await app.schedule({ key: 'a', runAt: clock.now() })).toBe(false);
    expect(await rows()).toHaveLength(2);
  });

  it('allows one job for concurrent requests', async () => {
    const apps = [await start(), await start()];
    const requests = apps.flatMap((app) =>
      Array.from({ length: 10 }, () => app.schedule({ key: 'a', runAt: inFuture(HOUR) })),
    );
    expect((await Promise.all(requests)).filter(Boolean)).toHaveLength(1);
    expect(await rows()).toHaveLength(1);
  });

  it('cancels the job, which frees the key', async () => {
    const app = await start();
    await app.schedule({ key: 'a', runAt: inFuture(HOUR) });
    expect(await app.cancel('a')).toBe(true);
    expect(await app.cancel('a')).toBe(false);
    clock.advance(2 * HOUR);
    await app.reconcile();
    await sleep(QUIET);
    expect(ran).toEqual([]);
    expect(await app.schedule({ key: 'a', runAt: clock.now() })).toBe(true);
    await finished();
    expect(await app.cancel('a')).toBe(false);
    expect(ran).toHaveLength(1);
  });
});

describe('a delayed job that fails', () => {
  it('is retried after a pause that is stored in its row', async () => {
    const app = await start({
      work: () => {
        ran.push(clock.now().getTime());
        if (ran.length < 2) throw new Error('busy');
      },
    });
    await app.schedule({ runAt: clock.now() });
    await waitUntil(async () => (await rows())[0]?.error ?? undefined);
    expect(await rows()).toEqual([{ status: 'pending', attempts: 1, error: 'busy' }]);
    clock.advance(SECOND);
    await reconcileUntil(app, () => ran.length === 2);
    expect(await finished()).toEqual([{ status: 'completed', attempts: 2, error: null }]);
  });

  it('is marked as failed with the reason after its last attempt', async () => {
    const app = await start({
      clock: undefined,
      work: () => {
        ran.push('attempt');
        throw new Error('the disk is full');
      },
    });
    await app.schedule({ runAt: new Date() });
    expect(await finished()).toEqual([
      { status: 'failed', attempts: 3, error: 'the disk is full' },
    ]);
    expect(ran).toHaveLength(3);
  });
});
