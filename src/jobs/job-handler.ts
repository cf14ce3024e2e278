/** Every kind of background work. */
export type JobName = 'export';

/**
 * Does one kind of background work. The work is a row in the database, known by its id; a queue
 * only carries the id. A row may be handed over more than once, so doing it again must do no harm.
 */
export interface JobHandler {
  readonly name: JobName;

  /**
   * Does the work of the row; returns at once where nothing is left to do.
   * @param signal stops the work at the next good moment; a later start takes it up again.
   */
  run(id: string, signal: AbortSignal): Promise<void>;

  /** Marks the row as failed for good, after the last attempt. `reason` is for people. */
  fail(id: string, reason: string): Promise<void>;

  /** Rows whose work is not finished. */
  unfinished(): Promise<readonly string[]>;
}

export const MAX_ATTEMPTS = 3;
const FIRST_PAUSE = 1_000;

/** Milliseconds to wait after the given failed attempt (1 is the first): 1 s, 2 s, 4 s, … */
export function pauseAfter(attempt: number): number {
  return FIRST_PAUSE * 2 ** (attempt - 1);
}
