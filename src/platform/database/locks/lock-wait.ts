/** Milliseconds that a statement waits while another process holds the SQLite file's lock. */
export const LOCK_WAIT_MILLISECONDS = 1_000;
