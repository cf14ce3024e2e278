import { RateLimiterRedis } from 'rate-limiter-flexible';
import { createRedisClient, withTimeout } from '../redis-client.js';

/** A request that waits longer goes on without it. In milliseconds. */
const COMMAND_TIMEOUT = 250;
/** While Redis does not answer, one request in this time asks again; the others do not wait. */
const PROBE_PAUSE = 1_000;

/** The Redis that the instances share their counts through. */
export class RateLimitRedis {
  private readonly client;
  /** Until when nobody asks, on the clock of `performance.now()`. */
  private unavailableUntil = 0;

  constructor(url: string) {
    this.client = createRedisClient(url);
    // The cache's connection to the same server says in the log that it is down.
    this.client.on('error', () => undefined);
    this.client.connect().catch(() => undefined);
  }

  limiter(options: { keyPrefix: string; points: number; duration: number }): RateLimiterRedis {
    return new RateLimiterRedis({ ...options, storeClient: this.client, useRedisPackage: true });
  }

  /** The command's answer; null where Redis does not answer now. */
  async run<T>(command: () => Promise<T>): Promise<T | null> {
    const now = performance.now();
    if (now < this.unavailableUntil) return null;
    // Where it was silent before, this one finds out for all.
    if (this.unavailableUntil > 0) this.unavailableUntil = now + PROBE_PAUSE;
    try {
      const answer = await withTimeout(command(), COMMAND_TIMEOUT);
      this.unavailableUntil = 0;
      return answer;
    } catch {
      this.unavailableUntil = performance.now() + PROBE_PAUSE;
      return null;
    }
  }

  close(): void {
    if (this.client.isOpen) this.client.destroy();
  }
}
