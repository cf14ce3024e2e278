import type { JobName } from './jobs.js';

/** A row to be worked on next, by another job. */
export interface FollowUp {
  readonly name: JobName;
  readonly id: string;
}

/**
 * Does one kind of background work. The work is a row in the database, known by its id; a queue
 * only carries the id. A row may be handed over more than once, so doing it again must do no harm.
 */
export interface JobHandler {
  readonly name: JobName;

  /**
   * Does the work of the row; returns at once where nothing is left to do.
   * @param signal stops the work at the next good moment; a later start takes it up again.
   * @returns what is to be done after it, if anything
   */
  process(id: string, signal: AbortSignal): Promise<FollowUp | undefined>;

  /** Marks the row as failed for good, after the last attempt. `reason` is for people. */
  fail(id: string, reason: string): Promise<void>;

  /** Rows whose work is not finished. */
  listUnfinished(): Promise<readonly string[]>;
}
