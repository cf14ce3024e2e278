import { Injectable } from '@nestjs/common';
import { inBatches } from '../../database/bulk/in-batches.js';
import { ReadDatabase } from '../../database/read-database.js';
import { TransactionRunner } from '../../database/transaction-runner.js';
import { errorText } from '../../errors/error-text.js';
import { Clock } from '../../time/clock.js';
import { DAY, SECOND } from '../../time/durations.js';
import { FailureRecorded, type JobHandler } from '../job-handler.js';
import { pauseAfter } from '../job-kind.js';
import {
  type ClaimedJob,
  type DelayedJobHandler,
  JobLost,
  type JobPayload,
} from './delayed-job.js';
import {
  type Claim,
  claimJob,
  deleteFinishedJobs,
  finishJob,
  listDueJobs,
  renewClaim,
  returnJob,
} from './job-claims.js';

/** A process that has not renewed its claim for this long counts as dead. */
const LEASE = 30 * SECOND;
/** How long a finished job is stored, during which its key cannot be used again. */
const RETENTION = 7 * DAY;
const DIED = 'The process stopped during the last attempt.';

/** Runs delayed jobs: claims their rows, renews the claims, and stores the outcomes. */
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
    const claim = await this.transactions.run((tx) =>
      claimJob(tx, { id, now: this.now(), lease: LEASE }),
    );
    if (!claim) return;
    if (claim.attempts > handler.kind.retry.attempts) {
      await this.finish(claim, DIED);
      throw new FailureRecorded(DIED, undefined);
    }
    const heartbeat = setInterval(() => void this.renew(claim), LEASE / 3);
    try {
      await handler.run(this.jobOf(claim), signal);
      await this.finish(claim);
    } catch (error) {
      if (error instanceof JobLost) return;
      if (signal.aborted) {
        await this.giveBack(claim);
        throw error;
      }
      await this.recordFailure(handler, claim, errorText(error));
    } finally {
      clearInterval(heartbeat);
    }
  }

  private jobOf(claim: Claim & { readonly payload: string }): ClaimedJob {
    return {
      id: claim.id,
      payload: JSON.parse(claim.payload) as JobPayload,
      complete: async (tx) => {
        const outcome = { status: 'completed', now: this.now() } as const;
        if (!(await finishJob(tx, claim, outcome))) throw new JobLost(claim.id);
      },
    };
  }

  /** Has no effect if the handler has completed the job itself or another process has claimed it. */
  private async finish(claim: Claim, error?: string): Promise<void> {
    const status = error === undefined ? 'completed' : 'failed';
    await this.transactions.run((tx) => finishJob(tx, claim, { status, error, now: this.now() }));
  }

  /** @throws FailureRecorded unless another process has claimed the job */
  private async recordFailure(
    { kind }: DelayedJobHandler,
    claim: Claim,
    reason: string,
  ): Promise<void> {
    const { id, attempts } = claim;
    const isLast = attempts >= kind.retry.attempts;
    const now = this.now();
    const runAt = now + pauseAfter(kind, attempts);
    const isOurs = await this.transactions.run((tx) =>
      isLast
        ? finishJob(tx, claim, { status: 'failed', error: reason, now })
        : returnJob(tx, claim, { runAt, attempts, error: reason }),
    );
    if (!isOurs) return;
    const retry = isLast ? undefined : { kind, id, runAt: new Date(runAt) };
    throw new FailureRecorded(reason, retry);
  }

  /**
   * Makes the job pending again at shutdown, so that another process can claim it immediately. The attempt
   * does not count.
   */
  private async giveBack(claim: Claim): Promise<void> {
    const next = { runAt: this.now(), attempts: claim.attempts - 1 };
    await this.transactions.run((tx) => returnJob(tx, claim, next));
  }

  /** A failed renewal is repeated by the next one. */
  private async renew(claim: Claim): Promise<void> {
    const until = this.now() + LEASE;
    await this.transactions.run((tx) => renewClaim(tx, claim, until)).catch(() => undefined);
  }

  private now(): number {
    return this.clock.now().getTime();
  }
}
