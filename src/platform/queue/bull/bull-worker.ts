import { setTimeout as sleep } from 'node:timers/promises';
import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import type { Job } from 'bull';
import { Metrics } from '../../observability/metrics.js';
import {
  BullDispatcher,
  attemptsExhausted,
  JOB_NAMES,
  type JobMessage,
} from './bull-dispatcher.js';
import type { JobHandler } from '../job-handler.js';
import { JobRegistry } from '../job-registry.js';

/** Jobs of one kind that this process works on at the same time. */
const CONCURRENCY = 2;
/** How long a shutdown waits for running jobs; other workers take up what did not finish. */
const GRACE_MILLISECONDS = 5_000;
const SWEEP_MILLISECONDS = 15_000;

/** Works on the messages of all queues. Bull gives a dead worker's messages to another one. */
@Injectable()
export class BullWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Jobs');
  private readonly shutdown = new AbortController();
  private isReconciling = false;

  constructor(
    private readonly dispatcher: BullDispatcher,
    private readonly registry: JobRegistry,
    private readonly metrics: Metrics,
  ) {}

  onApplicationBootstrap(): void {
    for (const name of JOB_NAMES) {
      const handler = this.registry.get(name);
      const queue = this.dispatcher.queue(name);
      queue.on('failed', (job: Job<JobMessage> | null, error: Error) => {
        // Null where workers died of it so often that Bull has dropped it; the sweep sends it again.
        if (job) void this.noteFailure(handler, job, error);
      });
      // Settles when the queue closes; until then it works, through lost connections too.
      queue.process(CONCURRENCY, (job) => this.work(handler, job)).catch(() => undefined);
    }
    void this.reconcile();
  }

  /** Rows whose message was lost, with Redis for instance, are sent again. */
  @Interval(SWEEP_MILLISECONDS)
  async reconcile(): Promise<void> {
    if (this.isReconciling) return;
    this.isReconciling = true;
    try {
      await this.dispatchUnfinished();
    } finally {
      this.isReconciling = false;
    }
  }

  private async dispatchUnfinished(): Promise<void> {
    for (const handler of this.registry.handlers) {
      const { name } = handler;
      try {
        for (const id of await handler.listUnfinished()) await this.dispatcher.resend(name, id);
      } catch (error) {
        this.logger.error(error, `cannot look for unfinished ${name} jobs`);
      }
    }
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.shutdown.abort();
    const closed = JOB_NAMES.map((name) => this.dispatcher.queue(name).close());
    await Promise.race([
      Promise.allSettled(closed),
      sleep(GRACE_MILLISECONDS, undefined, { ref: false }),
    ]);
  }

  private async work(
    handler: JobHandler,
    { data: { id } }: Job<Partial<JobMessage>>,
  ): Promise<void> {
    if (!id) return; // Redis lost the message while it was being taken; the sweep sends it again.
    const { signal } = this.shutdown;
    try {
      const next = await handler.process(id, signal);
      this.metrics.countJob(handler.name, 'succeeded');
      if (next) await this.dispatcher.dispatch(next.name, next.id);
    } catch (error) {
      // Interrupted by our own shutdown: no failure, the sweep of another worker finds the row.
      if (!signal.aborted) throw error;
    }
  }

  private async noteFailure(
    handler: JobHandler,
    job: Job<JobMessage>,
    error: Error,
  ): Promise<void> {
    const { id } = job.data;
    this.logger.warn(`${handler.name} ${id}: attempt ${job.attemptsMade} failed: ${error.message}`);
    this.metrics.countJob(handler.name, attemptsExhausted(job) ? 'failed' : 'retried');
    if (!attemptsExhausted(job)) return;
    await handler.fail(id, error.message).catch((failure: unknown) => {
      this.logger.error(failure, `${handler.name} ${id} is left for the next sweep`);
    });
  }
}
