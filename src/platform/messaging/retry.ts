import { setTimeout as sleep } from 'node:timers/promises';

/** The message may have arrived or not: the connection was lost after its content was sent. */
export class DeliveryUncertain extends Error {}

/** The receiver could not accept the message now; a retry may succeed. */
export class TransientFailure extends Error {
  constructor(
    message: string,
    /** Minimum pause before the next attempt that the receiver requests, in milliseconds. */
    readonly retryAfter = 0,
  ) {
    super(message);
  }
}

const ATTEMPTS = 4;
/** In milliseconds; doubled before each further attempt. */
const FIRST_PAUSE = 500;
/** If the receiver requests a longer pause, the failure is final. In milliseconds. */
export const MAX_PAUSE = 60_000;

/**
 * Repeats the work after a TransientFailure: at most four attempts, with pauses of 0.5 s, 1 s and
 * 2 s, or longer if the receiver requests it.
 * @throws the failure of the last attempt; any other error, and the signal's reason, immediately
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
