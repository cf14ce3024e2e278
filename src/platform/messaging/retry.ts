import { setTimeout as sleep } from 'node:timers/promises';

/** The other side could not take it now; another try makes sense. */
export class TransientFailure extends Error {
  constructor(
    message: string,
    /** Milliseconds that the other side asks to be left alone. */
    readonly retryAfter = 0,
  ) {
    super(message);
  }
}

const ATTEMPTS = 4;
const FIRST_PAUSE = 500;
/** Whoever asks for a longer pause is not waited for. */
export const MAX_PAUSE = 60_000;

/**
 * Tries again after each TransientFailure: up to four times, after 0.5 s, 1 s and 2 s or as long as
 * the other side asks for.
 * @throws the last failure, or at once any other error, or that of the aborted signal
 */
export async function withRetries<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    signal.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof TransientFailure) || attempt === ATTEMPTS) throw error;
      if (error.retryAfter > MAX_PAUSE) throw error;
      const pause = Math.max(FIRST_PAUSE * 2 ** (attempt - 1), error.retryAfter);
      await sleep(pause, undefined, { signal });
    }
  }
}
