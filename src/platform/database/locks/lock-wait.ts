/** How long a statement waits for another process that holds the SQLite file's lock. */
export const LOCK_WAIT_MILLISECONDS = 1_000;
