import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Metrics } from '../../../src/platform/observability/metrics.js';
import { InProcessDispatcher } from '../../../src/platform/queue/in-process/in-process-dispatcher.js';
import { InProcessWorker } from '../../../src/platform/queue/in-process/in-process-worker.js';
import type { JobHandler, UnfinishedJob } from '../../../src/platform/queue/job-handler.js';
import {
  type JobKind,
  JobKinds,
  type JobMessage,
  THREE_ATTEMPTS,
} from '../../../src/platform/queue/job-kind.js';
import { JobRegistry } from '../../../src/platform/queue/job-registry.js';
import { Clock } from '../../../src/platform/time/clock.js';
import { waitUntil } from '../../support/app/job-runs.js';

const [EXPORT, MAIL, REMINDERS]: readonly [JobKind, JobKind, JobKind] = [
  { name: 'export', retry: THREE_ATTEMPTS },
  { name: 'export-mail', retry: THREE_ATTEMPTS },
  { name: 'reminders', retry: THREE_ATTEMPTS },
];
const KINDS = new JobKinds([EXPORT, MAIL, REMINDERS]);

type Work = (id: string, signal: AbortSignal) => Promise<JobMessage | undefined | void>;

/** A job handler whose work the test supplies. */
class Handler implements JobHandler {
  readonly starts: { readonly id: string; readonly at: number }[] = [];
  readonly failures: { readonly id: string; readonly reason: string }[] = [];
  readonly rows = new Set<string>();

  constructor(
    readonly kind: JobKind,
    private readonly work: Work = async () => undefined,
  ) {}

  async process(id: string, signal: AbortSignal): Promise<JobMessage | undefined> {
    this.starts.push({ id, at: performance.now() });
    const next = await this.work(id, signal);
    this.rows.delete(id);
    return next ?? undefined;
  }

  async fail(id: string, reason: string): Promise<void> {
    this.failures.push({ id, reason });
    this.rows.delete(id);
  }

  async listUnfinished(): Promise<readonly UnfinishedJob[]> {
    return [...this.rows].map((id) => ({ id }));
  }
}

/** Starts a worker with the given handlers; the other kinds of jobs get handlers without work. */
async function startWorker(...handlers: Handler[]) {
  const others = KINDS.list
    .filter((kind) => !handlers.some((handler) => handler.kind === kind))
    .map((kind) => new Handler(kind));
  const registry = new JobRegistry(KINDS, [...handlers, ...others]);
  const metrics = new Metrics();
  const dispatcher = new InProcessDispatcher();
  const worker = new InProcessWorker(dispatcher, registry, metrics, new Clock());
  await worker.onApplicationBootstrap();
  return { dispatcher, worker, metrics };
}

describe('the job registry', () => {
  it('refuses a kind of job with two handlers', () => {
    const twice = [new Handler(EXPORT), new Handler(EXPORT)];
    expect(() => new JobRegistry(KINDS, twice)).toThrow(
      'The job "export" has 2 handlers instead of one',
    );
  });

  it('refuses a kind of job without a handler', () => {
    expect(() => new JobRegistry(KINDS, [new Handler(EXPORT)])).toThrow(
      'The job "export-mail" has 0 handlers instead of one',
    );
  });

  it('refuses two kinds of job with one name', () => {
    expect(() => new JobKinds([EXPORT, MAIL, { ...EXPORT }])).toThrow(
      'Two kinds of job are named "export"',
    );
  });
});

describe('the in-process worker', () => {
  it('makes three attempts with growing pauses, then marks the row as failed with the reason', async () => {
    const handler = new Handler(EXPORT, async () => {
      throw new Error('the disk is full');
    });
    const { dispatcher, metrics } = await startWorker(handler);
    await dispatcher.dispatch({ kind: EXPORT, id: 'a' });
    await waitUntil(() => handler.failures[0]);
    expect(handler.failures).toEqual([{ id: 'a', reason: 'the disk is full' }]);
    const [first, second, third] = handler.starts.map(({ at }) => at);
    expect(handler.starts).toHaveLength(3);
    const [one, two] = [(second ?? 0) - (first ?? 0), (third ?? 0) - (second ?? 0)];
    expect(one).toBeGreaterThan(990);
    expect(two).toBeGreaterThan(1_990);
    const counted = await metrics.text();
    expect(counted).toContain('vpms_job_attempts_total{job="export",outcome="retried"} 2');
    expect(counted).toContain('vpms_job_attempts_total{job="export",outcome="failed"} 1');
  });

  it('completes a job whose first attempt fails', async () => {
    let attempts = 0;
    const handler = new Handler(EXPORT, async () => {
      attempts += 1;
      if (attempts === 1) throw new Error('busy');
    });
    const { dispatcher } = await startWorker(handler);
    handler.rows.add('a');
    await dispatcher.dispatch({ kind: EXPORT, id: 'a' });
    await waitUntil(() => handler.rows.size === 0 || undefined);
    expect(handler.starts).toHaveLength(2);
    expect(handler.failures).toEqual([]);
  });

  it('processes two rows at a time, and each row once', async () => {
    let running = 0;
    let peak = 0;
    const handler = new Handler(EXPORT, async () => {
      running += 1;
      peak = Math.max(peak, running);
      await sleep(20);
      running -= 1;
    });
    const ids = Array.from({ length: 12 }, (_, index) => String(index));
    const { dispatcher } = await startWorker(handler);
    for (const id of ids) handler.rows.add(id);
    for (const id of [...ids, ...ids]) await dispatcher.dispatch({ kind: EXPORT, id });
    await waitUntil(() => handler.rows.size === 0 || undefined);
    expect(peak).toBe(2);
    expect(handler.starts.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
  });

  it('starts unfinished rows when it starts', async () => {
    const handler = new Handler(REMINDERS);
    handler.rows.add('7');
    await startWorker(handler);
    await waitUntil(() => handler.rows.size === 0 || undefined);
    expect(handler.starts).toMatchObject([{ id: '7' }]);
  });

  it('reconciles the other kinds of job if one cannot list its rows', async () => {
    const broken = new Handler(EXPORT);
    broken.listUnfinished = async () => {
      throw new Error('no such table');
    };
    const handler = new Handler(REMINDERS);
    const { worker } = await startWorker(broken, handler);
    handler.rows.add('7');
    await worker.reconcile();
    await waitUntil(() => handler.rows.size === 0 || undefined);
    expect(handler.starts).toHaveLength(1);
  });

  it('runs the job that follows another one', async () => {
    const second = new Handler(MAIL);
    const first = new Handler(EXPORT, async (id) => ({ kind: MAIL, id }));
    const { dispatcher } = await startWorker(first, second);
    second.rows.add('a');
    await dispatcher.dispatch({ kind: EXPORT, id: 'a' });
    await waitUntil(() => second.rows.size === 0 || undefined);
    expect(second.starts).toMatchObject([{ id: 'a' }]);
  });

  it('aborts running jobs at shutdown, waits for them, and starts no others', async () => {
    let isAborted = false;
    const handler = new Handler(EXPORT, async (_, signal) => {
      await sleep(300);
      isAborted = signal.aborted;
    });
    for (const id of ['a', 'b', 'c']) handler.rows.add(id);
    const { dispatcher, worker } = await startWorker(handler);
    await sleep(50);
    await worker.beforeApplicationShutdown();
    expect(isAborted).toBe(true);
    expect([...handler.rows]).toEqual(['c']);
    await dispatcher.dispatch({ kind: EXPORT, id: 'd' });
    await sleep(50);
    expect(handler.starts).toHaveLength(2);
    expect(handler.failures).toEqual([]);
  });

  it('leaves a job that exceeds the grace period to the next start, and does not mark it as failed', async () => {
    const stuck = new Handler(EXPORT, () => new Promise(() => undefined));
    stuck.rows.add('a');
    const { worker } = await startWorker(stuck);
    const began = performance.now();
    await worker.beforeApplicationShutdown();
    expect(performance.now() - began).toBeGreaterThan(4_900);
    expect(stuck.failures).toEqual([]);
    const next = new Handler(EXPORT);
    next.rows.add('a');
    await startWorker(next);
    await waitUntil(() => next.rows.size === 0 || undefined);
  });
});
