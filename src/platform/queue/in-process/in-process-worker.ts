import { setTimeout as sleep } from 'node:timers/promises';
import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import pLimit from 'p-limit';
import { errorText } from '../../errors/error-text.js';
import { Metrics } from '../../observability/metrics.js';
import { Clock } from '../../time/clock.js';
import { runAttempt } from '../attempt.js';
import type { JobHandler } from '../job-handler.js';
import { type JobMessage, pauseAfter } from '../job-kind.js';
import { JobRegistry } from '../job-registry.js';
import { DueTimers } from './due-timers.js';
import { InProcessDispatcher } from './in-process-dispatcher.js';

const MAX_CONCURRENT_JOBS = 2;
/** How long a shutdown waits for running jobs, in milliseconds. The next start continues the rest. */
const GRACE_PERIOD = 5_000;
/** Milliseconds between two searches for rows that are due. */
const RECONCILE_INTERVAL = 15_000;

/** Runs the jobs that are dispatched in this process, and those whose message a crash has lost. */
@Injectable()
export class InProcessWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Jobs');
  private readonly limit = pLimit(MAX_CONCURRENT_JOBS);
  private readonly running = new Map<string, Promise<void>>();
  private readonly shutdown = new AbortController();
  private readonly timers: DueTimers;

  constructor(
    private readonly dispatcher: InProcessDispatcher,
    private readonly registry: JobRegistry,
    private readonly metrics: Metrics,
    private readonly clock: Clock,
  ) {
    this.timers = new DueTimers(RECONCILE_INTERVAL, (message) => this.start(message));
  }

  async onApplicationBootstrap(): Promise<void> {
    this.dispatcher.deliverTo((message) => this.receive(message));
    await this.reconcile();
  }

  /** Starts every row that has no message and is due, or will be due before the next call. */
  @Interval(RECONCILE_INTERVAL)
  async reconcile(): Promise<void> {
    const until = new Date(this.clock.now().getTime() + RECONCILE_INTERVAL);
    for (const handler of this.registry.handlers) {
      const { kind } = handler;
      try {
        for (const job of await handler.listUnfinished(until)) this.receive({ kind, ...job });
      } catch (error) {
        this.logger.error(error, `cannot list the unfinished ${kind.name} jobs`);
      }
    }
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.shutdown.abort();
    this.timers.clear();
    const finished = Promise.allSettled(this.running.values());
    await Promise.race([finished, sleep(GRACE_PERIOD, undefined, { ref: false })]);
  }

  private receive(message: JobMessage): void {
    if (this.shutdown.signal.aborted) return;
    const delay = (message.runAt?.getTime() ?? 0) - this.clock.now().getTime();
    if (delay > 0) this.timers.add(message, delay);
    else this.start(message);
  }

  private start({ kind, id }: JobMessage): void {
    const key = `${kind.name} ${id}`;
    if (this.shutdown.signal.aborted || this.running.has(key)) return;
    const work = this.work(this.registry.get(kind), id).finally(() => this.running.delete(key));
    this.running.set(key, work);
  }

  /** Never rejects: a failure is logged and stored in the row. */
  private async work(handler: JobHandler, id: string): Promise<void> {
    const { signal } = this.shutdown;
    const { name, retry } = handler.kind;
    try {
      for (let attempt = 1; attempt <= retry.attempts; attempt += 1) {
        const failure = await this.limit(() => this.attempt(handler, id));
        if (failure === undefined || signal.aborted) return;
        this.metrics.countJob(name, attempt === retry.attempts ? 'failed' : 'retried');
        this.logger.warn(`${name} ${id}: attempt ${attempt} failed: ${failure}`);
        if (attempt === retry.attempts) await handler.fail(id, failure);
        else await sleep(pauseAfter(handler.kind, attempt), undefined, { signal });
      }
    } catch (error) {
      if (!signal.aborted) {
        this.logger.error(error, `${name} ${id}: left for the next reconciliation`);
      }
    }
  }

  /** Returns the reason if the attempt failed. */
  private async attempt(handler: JobHandler, id: string): Promise<string | undefined> {
    const { dispatcher, metrics } = this;
    const { signal } = this.shutdown;
    if (signal.aborted) return undefined;
    try {
      await runAttempt({ handler, id, signal, dispatcher, metrics });
      return undefined;
    } catch (error) {
      return errorText(error);
    }
  }
}
