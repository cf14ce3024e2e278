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
import { Clock } from '../../time/clock.js';
import { runAttempt } from '../attempt.js';
import type { JobHandler } from '../job-handler.js';
import { JobRegistry } from '../job-registry.js';
import { BullDispatcher, type BullMessage } from './bull-dispatcher.js';

/** Maximum number of jobs of one kind that this process runs at the same time. */
const CONCURRENCY = 2;
/** How long a shutdown waits for running jobs, in milliseconds. Other workers continue the rest. */
const GRACE_PERIOD = 5_000;
/** Milliseconds between two searches for rows that are due. */
const RECONCILE_INTERVAL = 15_000;

/** Processes the messages of all queues. Bull gives a dead worker's messages to another worker. */
@Injectable()
export class BullWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Jobs');
  private readonly shutdown = new AbortController();
  private isReconciling = false;

  constructor(
    private readonly dispatcher: BullDispatcher,
    private readonly registry: JobRegistry,
    private readonly metrics: Metrics,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    for (const handler of this.registry.handlers) {
      const queue = this.dispatcher.queue(handler.kind);
      queue.on('failed', (job: Job<BullMessage> | null, error: Error) => {
        // Null if Bull dropped the job because too many workers crashed while processing it;
        // reconciliation sends it again.
        if (job) void this.recordFailure(handler, job, error);
      });
      // The promise settles when the queue closes. Until then, lost connections do not reject it.
      queue.process(CONCURRENCY, (job) => this.work(handler, job)).catch(() => undefined);
    }
    void this.reconcile();
  }

  /** Sends a message for every unfinished row that has none, for example because Redis lost it. */
  @Interval(RECONCILE_INTERVAL)
  async reconcile(): Promise<void> {
    if (this.isReconciling) return;
    this.isReconciling = true;
    try {
      await this.resendUnfinished();
    } finally {
      this.isReconciling = false;
    }
  }

  private async resendUnfinished(): Promise<void> {
    const until = new Date(this.clock.now().getTime() + RECONCILE_INTERVAL);
    for (const handler of this.registry.handlers) {
      const { kind } = handler;
      try {
        for (const job of await handler.listUnfinished(until)) {
          await this.dispatcher.resend({ kind, ...job });
        }
      } catch (error) {
        this.logger.error(error, `cannot list the unfinished ${kind.name} jobs`);
      }
    }
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.shutdown.abort();
    const closed = this.registry.handlers.map(({ kind }) => this.dispatcher.queue(kind).close());
    await Promise.race([
      Promise.allSettled(closed),
      sleep(GRACE_PERIOD, undefined, { ref: false }),
    ]);
  }

  private async work(
    handler: JobHandler,
    { data: { id } }: Job<Partial<BullMessage>>,
  ): Promise<void> {
    // Redis lost the content while the message was being taken; reconciliation sends it again.
    if (!id) return;
    const { dispatcher, metrics } = this;
    const { signal } = this.shutdown;
    try {
      await runAttempt({ handler, id, signal, dispatcher, metrics });
    } catch (error) {
      // An attempt that the shutdown of this process interrupts has not failed; another worker
      // finds its row.
      if (!signal.aborted) throw error;
    }
  }

  private async recordFailure(
    handler: JobHandler,
    job: Job<BullMessage>,
    error: Error,
  ): Promise<void> {
    const { id } = job.data;
    const { name } = handler.kind;
    const isLast = attemptsExhausted(job);
    this.logger.warn(`${name} ${id}: attempt ${job.attemptsMade} failed: ${error.message}`);
    this.metrics.countJob(name, isLast ? 'failed' : 'retried');
    if (!isLast) return;
    await handler.fail(id, error.message).catch((failure: unknown) => {
      this.logger.error(failure, `${name} ${id}: left for the next reconciliation`);
    });
  }
}

function attemptsExhausted({ attemptsMade, opts }: Job): boolean {
  return attemptsMade >= (opts.attempts ?? 1);
}
