import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ClaimedJob, JobLost } from '../../../src/platform/queue/delayed/delayed-job.js';
import type { JobKind } from '../../../src/platform/queue/job-kind.js';
import { DAY, SECOND } from '../../../src/platform/time/durations.js';
import { FixedClock } from '../../support/app/fixed-clock.js';
import { Latch } from '../../support/app/latch.js';
import { waitUntil } from '../../support/app/job-runs.js';
import { newKind, QueueApp, type QueueAppOptions } from '../../support/app/queue-app.js';
import { dropTestDatabase, queryDatabase } from '../../support/data/test-database.js';
import { temporaryDirectory } from '../../support/app/temporary-directory.js';

interface JobRow {
  readonly status: string;
  readonly attempts: number;
  readonly error: string | null;
}

/** Long enough for a job that must not run to have run. */
const QUIET = 400;

let dataDirectory: string;
let clock: FixedClock;
let kind: JobKind;
/** The payloads of the jobs that ran, in order. */
let ran: unknown[];
const open: QueueApp[] = [];

beforeEach(() => {
  dataDirectory = temporaryDirectory();
  clock = new FixedClock('2026-03-01T09:30:00.000Z');
  kind = newKind();
  ran = [];
});
afterEach(async () => {
  for (const app of open.splice(0)) await app[Symbol.asyncDispose]();
  await dropTestDatabase(dataDirectory);
  rmSync(dataDirectory, { recursive: true, force: true });
});

async function start(options: Partial<QueueAppOptions> = {}): Promise<QueueApp> {
  const work = ({ payload }: ClaimedJob) => void ran.push(payload);
  const app = await QueueApp.start({ kind, dataDirectory, clock, work, ...options });
  open.push(app);
  return app;
}

async function stop(app: QueueApp): Promise<void> {
  open.splice(open.indexOf(app), 1);
  await app[Symbol.asyncDispose]();
}

const rows = () =>
  queryDatabase<JobRow>(dataDirectory, 'SELECT status, attempts, error FROM jobs ORDER BY run_at');

async function finished(count = 1): Promise<JobRow[]> {
  return waitUntil(async () => {
    const found = await rows();
    const done = found.filter(({ status }) => status === 'completed' || status === 'failed');
    return done.length >= count ? found : undefined;
  });
}

const inFuture = (milliseconds: number) => new Date(clock.now().getTime() + milliseconds);

/** Reconciles until the job has started: with Bull, a message may be on its way. */
async function reconcileUntil(app: QueueApp, condition: () => boolean): Promise<void> {
  await waitUntil(async () => {
    if (condition()) return true;
    await app.reconcile();
    await sleep(50);
    return condition() || undefined;
  });
}

describe('a claim', () => {
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
        dataDirectory,
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
      const effect = { kind, key: `effect ${attempt}`, payload: { v: 1 }, runAt: inFuture(DAY) };
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
      dataDirectory,
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
