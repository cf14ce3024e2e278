import { BATCH_ROWS } from '../../database/bulk/in-batches.js';
import type { Queryable } from '../../database/queryable.js';
import type { Tx } from '../../database/tx.js';
import type { UnfinishedJob } from '../job-handler.js';
import type { JobKind } from '../job-kind.js';

/** Maximum number of rows that one reconciliation dispatches; the next one continues. */
const MAX_LISTED = 500;

/**
 * The right of a process to run an attempt at a job until an instant. The number of the attempt is the
 * fencing token: a later attempt invalidates an earlier one.
 */
export interface Lease {
  readonly id: string;
  /** The number of the attempt; 1 is the first. */
  readonly attempts: number;
}

interface LeasedRow extends Lease {
  readonly payload: string;
}

/**
 * Starts a lease of `duration` (ms) if the job is due and pending, or if its last lease has expired. Otherwise
 * returns undefined.
 */
export async function leaseJob(
  tx: Tx,
  { id, now, duration }: { readonly id: string; readonly now: number; readonly duration: number },
): Promise<LeasedRow | undefined> {
  const [row] = await tx.sql<LeasedRow[]>`
    UPDATE jobs SET status = 'running', attempts = attempts + 1, lease_until = ${now + duration}
    WHERE id = ${id} AND ((status = 'pending' AND run_at <= ${now})
      OR (status = 'running' AND lease_until <= ${now}))
    RETURNING id, attempts, payload`;
  return row;
}

/** Extends the lease until the instant (ms), if the attempt is still running. */
export async function renewLease(tx: Tx, { id, attempts }: Lease, until: number): Promise<void> {
  await tx.sql`
    UPDATE jobs SET lease_until = ${until}
    WHERE id = ${id} AND attempts = ${attempts} AND status = 'running'`;
}

/** Returns false, and changes nothing, if the job is finished or a later attempt has the lease. */
export async function finishJob(
  tx: Tx,
  { id, attempts }: Lease,
  outcome: {
    readonly status: 'completed' | 'failed';
    readonly error?: string;
    readonly now: number;
  },
): Promise<boolean> {
  const { status, error, now } = outcome;
  const updated = await tx.sql`
    UPDATE jobs SET status = ${status}, error = ${error ?? null}, finished_at = ${now},
      lease_until = NULL
    WHERE id = ${id} AND attempts = ${attempts} AND status = 'running' RETURNING id`;
  return updated.length > 0;
}

/**
 * Makes the job pending again. `attempts` is the number of attempts that count. Returns false, and changes
 * nothing, if the job is finished or a later attempt has the lease.
 */
export async function requeueJob(
  tx: Tx,
  lease: Lease,
  next: { readonly runAt: number; readonly attempts: number; readonly error?: string },
): Promise<boolean> {
  const updated = await tx.sql`
    UPDATE jobs SET status = 'pending', run_at = ${next.runAt}, attempts = ${next.attempts},
      error = ${next.error ?? null}, lease_until = NULL
    WHERE id = ${lease.id} AND attempts = ${lease.attempts} AND status = 'running' RETURNING id`;
  return updated.length > 0;
}

/**
 * Pending jobs that are due before `until`, and running ones whose lease has expired. A running job is
 * due at the end of its lease, so that its new message is not confused with the one that is still being
 * processed.
 */
export async function listDueJobs(
  database: Queryable,
  { name }: JobKind,
  { now, until }: { readonly now: number; readonly until: number },
): Promise<UnfinishedJob[]> {
  const rows = await database.sql<{ id: string; runAt: number }[]>`
    SELECT id, COALESCE(lease_until, run_at) AS "runAt" FROM jobs
    WHERE name = ${name} AND status IN ('pending', 'running') AND run_at <= ${until}
      AND (status = 'pending' OR lease_until <= ${now})
    ORDER BY run_at LIMIT ${MAX_LISTED}`;
  return rows.map(({ id, runAt }) => ({ id, runAt: new Date(runAt) }));
}

/**
 * Deletes at most {@link BATCH_ROWS} jobs that finished before the instant (ms). Returns the deleted rows.
 */
export async function deleteFinishedJobs(tx: Tx, before: number): Promise<readonly unknown[]> {
  return tx.sql`
    DELETE FROM jobs WHERE id IN (
      SELECT id FROM jobs WHERE finished_at < ${before} LIMIT ${BATCH_ROWS})
    RETURNING id`;
}
