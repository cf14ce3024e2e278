import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Tx } from '../../database/tx.js';
import { Clock } from '../../time/clock.js';
import { Dispatcher } from '../dispatcher.js';
import type { JobKind } from '../job-kind.js';
import type { JobPayload } from './delayed-job.js';

export interface DelayedJob {
  readonly kind: JobKind;
  /** A second job of the kind with the same key is not stored, even if the first one is finished. */
  readonly key?: string;
  readonly payload: JobPayload;
  /** The job runs at this instant, or as soon as possible if it has passed. */
  readonly runAt: Date;
}

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
  async schedule(tx: Tx, { kind, key, payload, runAt }: DelayedJob): Promise<boolean> {
    const id = randomUUID();
    const stored = await tx.sql`
      INSERT INTO jobs (id, name, dedup_key, payload, run_at, status, attempts, created_at)
      VALUES (${id}, ${kind.name}, ${key ?? null}, ${JSON.stringify(payload)}, ${runAt.getTime()},
        'pending', 0, ${this.clock.now().getTime()})
      ON CONFLICT (name, dedup_key) DO NOTHING
      RETURNING id`;
    if (stored.length === 0) return false;
    tx.afterCommit(() => this.dispatcher.dispatch({ kind, id, runAt }));
    return true;
  }

  /** Deletes the job if it has not started, which also frees its key. Returns whether it did. */
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
