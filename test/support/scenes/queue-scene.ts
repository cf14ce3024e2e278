import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach } from 'vitest';
import { type LeasedJob } from '../../../src/platform/queue/delayed/delayed-job.js';
import type { JobKind } from '../../../src/platform/queue/job-kind.js';
import { dropTestDatabase, queryDatabase } from '../data/test-database.js';
import { FixedClock, START } from '../app/fixed-clock.js';
import { waitUntil } from '../app/job-runs.js';
import { newKind, QueueApp, type QueueAppOptions } from './queue-app.js';
import { temporaryDirectory } from '../app/temporary-directory.js';

interface JobRow {
  readonly status: string;
  readonly attempts: number;
  readonly error: string | null;
}

/** Queues with one kind of job on one database, both new for each test. */
export class QueueScene {
  readonly clock = new FixedClock(START);
  /** The payloads of the jobs that ran, in order. */
  readonly ran: unknown[] = [];
  kind!: JobKind;
  dataDirectory!: string;
  private readonly open: QueueApp[] = [];

  constructor() {
    beforeEach(() => {
      this.dataDirectory = temporaryDirectory();
      this.clock.set(START);
      this.kind = newKind();
      this.ran.length = 0;
    });
    afterEach(async () => {
      for (const app of this.open.splice(0)) await app[Symbol.asyncDispose]();
      await dropTestDatabase(this.dataDirectory);
      rmSync(this.dataDirectory, { recursive: true, force: true });
    });
  }

  readonly start = async (options: Partial<QueueAppOptions> = {}): Promise<QueueApp> => {
    const { kind, dataDirectory, clock } = this;
    const work = ({ payload }: LeasedJob) => void this.ran.push(payload);
    const app = await QueueApp.start({ kind, dataDirectory, clock, work, ...options });
    this.open.push(app);
    return app;
  };

  readonly stop = async (app: QueueApp): Promise<void> => {
    this.open.splice(this.open.indexOf(app), 1);
    await app[Symbol.asyncDispose]();
  };

  readonly rows = (): Promise<JobRow[]> =>
    queryDatabase(this.dataDirectory, 'SELECT status, attempts, error FROM jobs ORDER BY run_at');

  /** Waits until the given number of jobs have ended, and returns all rows. */
  readonly finished = (count = 1): Promise<JobRow[]> =>
    waitUntil(async () => {
      const found = await this.rows();
      const done = found.filter(({ status }) => status === 'completed' || status === 'failed');
      return done.length >= count ? found : undefined;
    });

  readonly inFuture = (milliseconds: number): Date =>
    new Date(this.clock.now().getTime() + milliseconds);
}

/** Reconciles until the condition is met: with Bull, a message may be on its way. */
export async function reconcileUntil(app: QueueApp, condition: () => boolean): Promise<void> {
  await waitUntil(async () => {
    if (condition()) return true;
    await app.reconcile();
    await sleep(50);
    return condition() || undefined;
  });
}
