import { Injectable } from '@nestjs/common';
import { inBatches } from '../../database/bulk/in-batches.js';
import { ReadDatabase } from '../../database/read-database.js';
import { TransactionRunner } from '../../database/transaction-runner.js';
import { errorText } from '../../errors/error-text.js';
import { Clock } from '../../time/clock.js';
import { DAY, SECOND } from '../../time/durations.js';
import { FailureRecorded, type JobHandler } from '../job-handler.js';
import { pauseAfter } from '../job-kind.js';
import { type DelayedJobHandler, JobLost, type JobPayload, type LeasedJob } from './delayed-job.js';
import {
  deleteFinishedJobs,
  finishJob,
  type Lease,
  leaseJob,
  listDueJobs,
  renewLease,
  requeueJob,
} from './job-leases.js';

/** A process that has not renewed its lease for this long counts as dead. */
const LEASE_DURATION = 30 * SECOND;
/** How long a finished job is stored, during which its key cannot be used again. */
const RETENTION = 7 * DAY;
const PROCESS_STOPPED = 'The process stopped during the last attempt.';

/** Runs delayed jobs: takes leases on their rows, renews them, and stores the outcomes. */
@Injectable()
export class DelayedJobs {
  constructor(
    private readonly database: ReadDatabase,
    private readonly transactions: TransactionRunner,
    private readonly clock: Clock,
  ) {}

  /** The handler for the dispatcher. Retries are counted in the row, not by the dispatcher. */
  handlerOf(handler: DelayedJobHandler): JobHandler {
    const { kind } = handler;
    return {
      kind,
      process: (id, signal) => this.process(handler, id, signal),
      // Called only if the database failed; the row is unchanged and reconciliation finds it.
      fail: async () => undefined,
      listUnfinished: (until) =>
        listDueJobs(this.database, kind, { now: this.now(), until: until.getTime() }),
    };
  }

  async deleteFinished(): Promise<void> {
    const before = this.now() - RETENTION;
    await inBatches(this.transactions, (tx) => deleteFinishedJobs(tx, before));
  }

  private async process(
    handler: DelayedJobHandler,
    id: string,
    signal: AbortSignal,
  ): Promise<undefined> {
    const lease = await this.transactions.run((tx) =>
      leaseJob(tx, { id, now: this.now(), duration: LEASE_DURATION }),
    );
    if (!lease) return;
    if (lease.attempts > handler.kind.retry.attempts) {
      await this.finish(lease, PROCESS_STOPPED);
      throw new FailureRecorded(PROCESS_STOPPED, undefined);
    }
    const heartbeat = setInterval(() => void this.renew(lease), LEASE_DURATION / 3);
    try {
      await handler.run(this.jobOf(lease), signal);
      await this.finish(lease);
    } catch (error) {
      if (error instanceof JobLost) return;
      if (signal.aborted) {
        await this.requeue(lease);
        throw error;
      }
      await this.recordFailure(handler, lease, errorText(error));
    } finally {
      clearInterval(heartbeat);
    }
  }

  private jobOf(lease: Lease & { readonly payload: string }): LeasedJob {
    return {
      id: lease.id,
      payload: JSON.parse(lease.payload) as JobPayload,
      complete: async (tx) => {
        const outcome = { status: 'completed', now: this.now() } as const;
        if (!(await finishJob(tx, lease, outcome))) throw new JobLost(lease.id);
      },
    };
  }

  /** Has no effect if the handler has completed the job itself or another process has the lease. */
  private async finish(lease: Lease, error?: string): Promise<void> {
    const status = error === undefined ? 'completed' : 'failed';
    await this.transactions.run((tx) => finishJob(tx, lease, { status, error, now: this.now() }));
  }

  /** @throws FailureRecorded unless another process has the lease */
  private async recordFailure(
    { kind }: DelayedJobHandler,
    lease: Lease,
    reason: string,
  ): Promise<void> {
    const { id, attempts } = lease;
    const isLast = attempts >= kind.retry.attempts;
    const now = this.now();
    const runAt = now + pauseAfter(kind, attempts);
    const isOurs = await this.transactions.run((tx) =>
      isLast
        ? finishJob(tx, lease, { status: 'failed', error: reason, now })
        : requeueJob(tx, lease, { runAt, attempts, error: reason }),
    );
    if (!isOurs) return;
    const retry = isLast ? undefined : { kind, id, runAt: new Date(runAt) };
    throw new FailureRecorded(reason, retry);
  }

  /**
   * Makes the job pending again at shutdown, so that another process can run it immediately. The attempt
   * does not count.
   */
  private async requeue(lease: Lease): Promise<void> {
    const next = { runAt: this.now(), attempts: lease.attempts - 1 };
    await this.transactions.run((tx) => requeueJob(tx, lease, next));
  }

  /** A failed renewal is repeated by the next one. */
  private async renew(lease: Lease): Promise<void> {
    const until = this.now() + LEASE_DURATION;
    await this.transactions.run((tx) => renewLease(tx, lease, until)).catch(() => undefined);
  }

  private now(): number {
    return this.clock.now().getTime();
  }
}
