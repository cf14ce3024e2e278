import { randomUUID } from 'node:crypto';
import type { Tx } from '../../database/tx.js';
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

/**
 * Stores the job and returns its id, or undefined if there is a job with that key. A running program
 * finds it within seconds; `JobQueue.schedule` also dispatches it.
 */
export async function insertJob(tx: Tx, job: DelayedJob, now: Date): Promise<string | undefined> {
  const { kind, key, payload, runAt } = job;
  const id = randomUUID();
  const stored = await tx.sql`
    INSERT INTO jobs (id, name, dedup_key, payload, run_at, status, attempts, created_at)
    VALUES (${id}, ${kind.name}, ${key ?? null}, ${JSON.stringify(payload)}, ${runAt.getTime()},
      'pending', 0, ${now.getTime()})
    ON CONFLICT (name, dedup_key) DO NOTHING
    RETURNING id`;
  return stored.length > 0 ? id : undefined;
}
