import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Metrics } from '../../../src/platform/observability/metrics.js';
import { InProcessDispatcher } from '../../../src/platform/queue/in-process-dispatcher.js';
import type { FollowUp, JobHandler } from '../../../src/platform/queue/job-handler.js';
import { JobRegistry } from '../../../src/platform/queue/job-registry.js';
import type { JobName } from '../../../src/platform/queue/jobs.js';
import { until } from '../../support/app/job-runs.js';

type Work = (id: string, signal: AbortSignal) => Promise<FollowUp | undefined | void>;

/** A job whose work is what the test says. */
class Handler implements JobHandler {
  readonly starts: { readonly id: string; readonly at: number }[] = [];
  readonly failures: { readonly id: string; readonly reason: string }[] = [];
  readonly rows = new Set<string>();

  constructor(
    readonly name: JobName,
    private readonly work: Work = async () => undefined,
  ) {}

  async process(id: string, signal: AbortSignal): Promise<FollowUp | undefined> {
    this.starts.push({ id, at: performance.now() });
    const next = await this.work(id, signal);
    this.rows.delete(id);
    return next ?? undefined;
  }

  async fail(id: string, reason: string): Promise<void> {
    this.failures.push({ id, reason });
    this.rows.delete(id);
  }

  async listUnfinished(): Promise<readonly string[]> {
    return [...this.rows];
  }
}

/** Of the engine that was made last. */
let metrics: Metrics;

function engineOf(...handlers: Handler[]): InProcessDispatcher {
  metrics = new Metrics();
  const names: JobName[] = ['export', 'export-mail', 'daily-reminders', 'monthly-reports'];
  const others = names
    .filter((name) => !handlers.some((handler) => handler.name === name))
    .map((name) => new Handler(name));
  return new InProcessDispatcher(new JobRegistry([...handlers, ...others]), metrics);
}

describe('the job engine', () => {
  it('does not start while a job has no handler, or two', () => {
    expect(() => engineOf(new Handler('export'), new Handler('export'))).toThrow(
      'The job "export" has 2 handlers instead of one',
    );
    expect(() => new JobRegistry([new Handler('export')])).toThrow(
      'The job "export-mail" has 0 handlers instead of one',
    );
  });

  it('tries three times, at ever longer intervals, then marks the row with the reason', async () => {
    const handler = new Handler('export', async () => {
      throw new Error('the disk is full');
    });
    await engineOf(handler).dispatch('export', 'a');
    await until(() => handler.failures[0]);
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

  it('goes on after a failure that passes', async () => {
    let attempts = 0;
    const handler = new Handler('export', async () => {
      attempts += 1;
      if (attempts === 1) throw new Error('busy');
    });
    handler.rows.add('a');
    await engineOf(handler).dispatch('export', 'a');
    await until(() => handler.rows.size === 0 || undefined);
    expect(handler.starts).toHaveLength(2);
    expect(handler.failures).toEqual([]);
  });

  it('works on two rows at a time, and never on one twice at once', async () => {
    let running = 0;
    let peak = 0;
    const handler = new Handler('export', async () => {
      running += 1;
      peak = Math.max(peak, running);
      await sleep(20);
      running -= 1;
    });
    const ids = Array.from({ length: 12 }, (_, index) => String(index));
    for (const id of ids) handler.rows.add(id);
    const engine = engineOf(handler);
    for (const id of [...ids, ...ids]) await engine.dispatch('export', id);
    await until(() => handler.rows.size === 0 || undefined);
    expect(peak).toBe(2);
    expect(handler.starts.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
  });

  it('finds rows whose dispatch was lost', async () => {
    const handler = new Handler('daily-reminders');
    handler.rows.add('7');
    await engineOf(handler).onApplicationBootstrap();
    await until(() => handler.rows.size === 0 || undefined);
    expect(handler.starts).toMatchObject([{ id: '7' }]);
  });

  it('still looks at the other jobs when one cannot say what is unfinished', async () => {
    const broken = new Handler('export');
    broken.listUnfinished = async () => {
      throw new Error('no such table');
    };
    const handler = new Handler('monthly-reports');
    handler.rows.add('7');
    const engine = engineOf(broken, handler);
    await engine.reconcile();
    await until(() => handler.rows.size === 0 || undefined);
    expect(handler.starts).toHaveLength(1);
  });

  it('does what a job hands over after itself', async () => {
    const second = new Handler('export-mail');
    second.rows.add('a');
    const first = new Handler('export', async (id) => ({ name: 'export-mail', id }));
    await engineOf(first, second).dispatch('export', 'a');
    await until(() => second.rows.size === 0 || undefined);
    expect(second.starts).toMatchObject([{ id: 'a' }]);
  });

  it('waits at a shutdown for what ends in time, tells it to stop, and begins nothing new', async () => {
    let told = false;
    const handler = new Handler('export', async (_, signal) => {
      await sleep(300);
      told = signal.aborted;
    });
    for (const id of ['a', 'b', 'c']) handler.rows.add(id);
    const engine = engineOf(handler);
    await engine.reconcile();
    await sleep(50);
    await engine.beforeApplicationShutdown();
    expect(told).toBe(true);
    expect([...handler.rows]).toEqual(['c']);
    await engine.dispatch('export', 'd');
    await sleep(50);
    expect(handler.starts).toHaveLength(2);
    expect(handler.failures).toEqual([]);
  });

  it('leaves what does not end in time to the next start, and does not call it failed', async () => {
    const stuck = new Handler('export', () => new Promise(() => undefined));
    stuck.rows.add('a');
    const engine = engineOf(stuck);
    await engine.reconcile();
    const began = performance.now();
    await engine.beforeApplicationShutdown();
    expect(performance.now() - began).toBeGreaterThan(4_900);
    expect(stuck.failures).toEqual([]);
    const next = new Handler('export');
    next.rows.add('a');
    await engineOf(next).onApplicationBootstrap();
    await until(() => next.rows.size === 0 || undefined);
  });
});
