import type { JobKind, JobMessage } from './job-kind.js';

/**
 * Processes one kind of job. Each job is a row in the database; a queue carries only its id. A row may
 * be processed more than once and by two processes at the same time, so every step must be safe to
 * repeat.
 */
export interface JobHandler {
  readonly kind: JobKind;

  /**
   * Makes one attempt at the row. Returns immediately if nothing is left to do.
   * @param signal aborts the attempt at shutdown; the next start continues it
   * @returns a job to be processed next, if any
   */
  process(id: string, signal: AbortSignal): Promise<JobMessage | undefined>;

  /** Marks the row as failed after the last attempt. `reason` is shown to operators. */
  fail(id: string, reason: string): Promise<void>;

  /** The rows that have to be processed before that instant and are not finished. */
  listUnfinished(until: Date): Promise<readonly UnfinishedJob[]>;
}

export type UnfinishedJob = Omit<JobMessage, 'kind'>;

/**
 * Thrown by a handler that has stored its failure and the instant of the next attempt in the row.
 * The dispatcher does not repeat the attempt.
 */
export class FailureRecorded extends Error {
  constructor(
    reason: string,
    /** The next attempt; undefined if this was the last one. */
    readonly retry: JobMessage | undefined,
  ) {
    super(reason);
  }
}
