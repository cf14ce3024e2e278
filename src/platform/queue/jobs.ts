interface RetryPolicy {
  /** How often it is tried before it fails for good. */
  readonly attempts: number;
  /** Milliseconds before the second attempt; doubled before each further one. */
  readonly firstPause: number;
}

const THREE_TIMES = { attempts: 3, firstPause: 1_000 } as const satisfies RetryPolicy;

/** Every kind of background work, declared once. A job's payload is the id of its row. */
export const JOBS = {
  export: THREE_TIMES,
  'export-mail': THREE_TIMES,
  'daily-reminders': THREE_TIMES,
  'monthly-reports': THREE_TIMES,
} as const satisfies Record<string, RetryPolicy>;

export type JobName = keyof typeof JOBS;

/** Milliseconds to wait after the given failed attempt; 1 is the first. */
export function pauseAfter(name: JobName, attempt: number): number {
  return JOBS[name].firstPause * 2 ** (attempt - 1);
}
