import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { type ClaimedJob, JobLost } from '../../../src/platform/queue/delayed/delayed-job.js';
import { DAY, SECOND } from '../../../src/platform/time/durations.js';
import { waitUntil } from '../../support/app/job-runs.js';
import { Latch } from '../../support/app/latch.js';
import type { QueueApp } from '../../support/scenes/queue-app.js';
import { QueueScene, reconcileUntil } from '../../support/scenes/queue-scene.js';
import { queryDatabase } from '../../support/data/test-database.js';

/** Milliseconds after which a job that must not run would have run. */
const QUIET = 400;

const scene = new QueueScene();
const { clock, ran, start, stop, rows, finished, inFuture } = scene;

describe('the claim of a job', () => {
  it('is returned at shutdown, so that the next start repeats the job at once', async () => {
    const first = await start({
      work: async (_, signal) => {
        ran.push('first');
        await new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(new Error('aborted')));
        });
      },
    });
    await first.schedule({ runAt: clock.now() });
    await waitUntil(() => ran.length > 0 || undefined);
    await stop(first);
    expect(await rows()).toEqual([{ status: 'pending', attempts: 0, error: null }]);
    await start({ work: () => void ran.push('second') });
    await finished();
    expect(ran).toEqual(['first', 'second']);
  });

  it('is renewed while the job runs', async () => {
    const gate = new Latch();
    const app = await start({ work: () => gate.opened });
    await app.schedule({ runAt: clock.now() });
    await waitUntil(async () => (await rows())[0]?.status === 'running' || undefined);
    clock.advance(25 * SECOND);
    const lease = async () => {
      const [row] = await queryDatabase<{ lease_until: number }>(
        scene.dataDirectory,
        'SELECT lease_until FROM jobs',
      );
      return row?.lease_until;
    };
    const renewed = clock.now().getTime() + 30 * SECOND;
    await waitUntil(async () => (await lease()) === renewed || undefined);
    gate.open();
    expect(await finished()).toMatchObject([{ status: 'completed', attempts: 1 }]);
  }, 40_000);

  it('expires if it is not renewed, and then the later attempt alone writes its effects', async () => {
    const slow = new Latch();
    const lost: unknown[] = [];
    const apps: QueueApp[] = [];
    // With Bull, either instance may get the message of the second attempt.
    const work = async (job: ClaimedJob) => {
      const attempt = ran.push('attempt');
      if (attempt === 1) await slow.opened;
      const { transactions, queue } = apps[0] as QueueApp;
      const effect = {
        kind: scene.kind,
        key: `effect ${attempt}`,
        payload: { v: 1 },
        runAt: inFuture(DAY),
      };
      const unit = transactions.run(async (tx) => {
        await queue.schedule(tx, effect);
        await job.complete(tx);
      });
      await unit.catch((error: unknown) => {
        lost.push(error);
        throw error;
      });
    };
    const first = await start({ work });
    apps.push(first);
    await first.schedule({ key: 'job', runAt: clock.now() });
    await waitUntil(() => ran.length > 0 || undefined);

    clock.advance(29 * SECOND);
    const second = await start({ work });
    await second.reconcile();
    await sleep(QUIET);
    expect(ran).toHaveLength(1);

    clock.advance(SECOND);
    await reconcileUntil(second, () => ran.length === 2);
    await finished();
    slow.open();
    await waitUntil(() => lost.length > 0 || undefined);
    expect(lost).toEqual([expect.any(JobLost)]);
    const keys = await queryDatabase<{ dedup_key: string }>(
      scene.dataDirectory,
      'SELECT dedup_key FROM jobs ORDER BY dedup_key',
    );
    expect(keys.map((row) => row.dedup_key)).toEqual(['effect 2', 'job']);
    expect(await rows()).toMatchObject([{ status: 'completed', attempts: 2 }, {}]);
  });
});

describe('finished jobs', () => {
  it('are deleted after seven days, and pending ones are kept', async () => {
    const app = await start();
    await app.schedule({ key: 'done', runAt: clock.now() });
    await finished();
    await app.schedule({ key: 'later', runAt: inFuture(30 * DAY) });
    clock.advance(7 * DAY);
    await app.deleteFinished();
    expect(await rows()).toHaveLength(2);
    clock.advance(1);
    await app.deleteFinished();
    expect(await rows()).toMatchObject([{ status: 'pending' }]);
  });
});
