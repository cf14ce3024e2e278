import type { Tx } from '../../database/tx.js';
import type { JobHandler } from '../job-handler.js';
import type { JobKind } from '../job-kind.js';

/**
 * Stored as JSON. `v` is the version of its format; an earlier version of the program may have stored an
 * earlier format.
 */
export interface JobPayload {
  readonly v: number;
  readonly [field: string]: unknown;
}

/** A job on which this process has a lease. */
export interface LeasedJob {
  readonly id: string;
  readonly payload: JobPayload;
  /**
   * Completes the job in the transaction that writes its effects, so that they are written exactly
   * once. Without this call, the job is completed after the handler returns, and a crash in between repeats
   * the handler.
   * @throws JobLost if another process has got the lease in the meantime
   */
  complete(tx: Tx): Promise<void>;
}

/** The lease has expired, and another process has a new one. */
export class JobLost extends Error {
  constructor(id: string) {
    super(`Another process has the lease of the job ${id}`);
  }
}

/** Performs one kind of delayed job. The queue stores, leases and retries it. */
export interface DelayedJobHandler {
  readonly kind: JobKind;
  /** @param signal aborts the work at shutdown; the next start repeats it */
  run(job: LeasedJob, signal: AbortSignal): Promise<void>;
}

export function isDelayedJobHandler(
  handler: JobHandler | DelayedJobHandler,
): handler is DelayedJobHandler {
  return 'run' in handler;
}
