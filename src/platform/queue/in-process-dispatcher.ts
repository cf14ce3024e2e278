import { setTimeout as sleep } from 'node:timers/promises';
import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import pLimit from 'p-limit';
import { Metrics } from '../observability/metrics.js';
import { Dispatcher } from './dispatcher.js';
import type { JobHandler } from './job-handler.js';
import { type JobName, JOBS, pauseAfter } from './jobs.js';
import { JobRegistry } from './job-registry.js';

const MAX_CONCURRENT_JOBS = 2;
/** How long a shutdown waits for running jobs; the next start takes up what did not finish. */
const GRACE_MILLISECONDS = 5_000;
const SWEEP_MILLISECONDS = 60_000;

/** Works in this very process. What a crash leaves behind is found again by its row. */
@Injectable()
export class InProcessDispatcher
  extends Dispatcher
  implements OnApplicationBootstrap, BeforeApplicationShutdown
{
  private readonly logger = new Logger('Jobs');
  private readonly limit = pLimit(MAX_CONCURRENT_JOBS);
  private readonly running = new Map<string, Promise<void>>();
  private readonly shutdown = new AbortController();

  constructor(
    private readonly registry: JobRegistry,
    private readonly metrics: Metrics,
  ) {
    super();
  }

  override async dispatch(name: JobName, id: string): Promise<void> {
    const key = `${name} ${id}`;
    if (this.shutdown.signal.aborted || this.running.has(key)) return;
    const work = this.work(this.registry.get(name), id).finally(() => this.running.delete(key));
    this.running.set(key, work);
  }

  onApplicationBootstrap(): Promise<void> {
    return this.reconcile();
  }

  /** Rows whose dispatch was lost, for whatever reason, are found here. */
  @Interval(SWEEP_MILLISECONDS)
  async reconcile(): Promise<void> {
    for (const handler of this.registry.handlers) {
      try {
        for (const id of await handler.listUnfinished()) await this.dispatch(handler.name, id);
      } catch (error) {
        this.logger.error(error, `cannot look for unfinished ${handler.name} jobs`);
      }
    }
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.shutdown.abort();
    const finished = Promise.allSettled(this.running.values());
    await Promise.race([finished, sleep(GRACE_MILLISECONDS, undefined, { ref: false })]);
  }

  /** Never rejects: what cannot be done is logged and marked in its row. */
  private async work(handler: JobHandler, id: string): Promise<void> {
    const { signal } = this.shutdown;
    const { attempts } = JOBS[handler.name];
    try {
      for (let attempt = 1; attempt <= attempts; attempt += 1) {
        const failure = await this.limit(() => this.attempt(handler, id));
        if (failure === undefined || signal.aborted) return;
        this.metrics.countJob(handler.name, attempt === attempts ? 'failed' : 'retried');
        this.logger.warn(`${handler.name} ${id}: attempt ${attempt} failed: ${failure}`);
        if (attempt === attempts) await handler.fail(id, failure);
        else await sleep(pauseAfter(handler.name, attempt), undefined, { signal });
      }
    } catch (error) {
      if (!signal.aborted)
        this.logger.error(error, `${handler.name} ${id} is left for the next sweep`);
    }
  }

  /** The reason why it failed, or undefined. */
  private async attempt(handler: JobHandler, id: string): Promise<string | undefined> {
    if (this.shutdown.signal.aborted) return undefined;
    try {
      const next = await handler.process(id, this.shutdown.signal);
      this.metrics.countJob(handler.name, 'succeeded');
      if (next) await this.dispatch(next.name, next.id);
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }
}
