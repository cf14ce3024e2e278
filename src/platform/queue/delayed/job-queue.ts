import { Injectable } from '@nestjs/common';
import type { Tx } from '../../database/tx.js';
import { Clock } from '../../time/clock.js';
import { Dispatcher } from '../dispatcher.js';
import { type DelayedJob, insertJob } from './insert-job.js';

/** Schedules delayed jobs: rows of `jobs`, each run once at its instant (docs/jobs.md). */
@Injectable()
export class JobQueue {
  constructor(
    private readonly dispatcher: Dispatcher,
    private readonly clock: Clock,
  ) {}

  /**
   * Stores the job in the caller's transaction and dispatches it after the commit. Returns false if
   * there is a job with that key.
   */
  async schedule(tx: Tx, job: DelayedJob): Promise<boolean> {
    const { kind, runAt } = job;
    const id = await insertJob(tx, job, this.clock.now());
    if (id === undefined) return false;
    tx.afterCommit(() => this.dispatcher.dispatch({ kind, id, runAt }));
    return true;
  }

  /** Deletes the job if it has not started, which also frees its key. Returns whether it was deleted. */
  async cancel(
    tx: Tx,
    { kind, key }: Required<Pick<DelayedJob, 'kind' | 'key'>>,
  ): Promise<boolean> {
    const deleted = await tx.sql`
      DELETE FROM jobs WHERE name = ${kind.name} AND dedup_key = ${key} AND status = 'pending'
      RETURNING id`;
    return deleted.length > 0;
  }
}
