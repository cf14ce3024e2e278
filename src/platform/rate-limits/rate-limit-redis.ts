import { RateLimiterRedis } from 'rate-limiter-flexible';
import { createRedisClient, withTimeout } from '../redis-client.js';

/** Milliseconds; a request does not wait longer for Redis. */
const COMMAND_TIMEOUT = 250;
/**
 * Milliseconds between two requests that try Redis while it does not respond; the requests in between do not
 * wait for it.
 */
const PROBE_PAUSE = 1_000;

/** The Redis in which instances share their counts. */
export class RateLimitRedis {
  private readonly client;
  /** No command is sent before this instant on the clock of `performance.now()`. */
  private unavailableUntil = 0;

  constructor(url: string) {
    this.client = createRedisClient(url);
    // The cache's connection to the same server logs that the server is down.
    this.client.on('error', () => undefined);
    this.client.connect().catch(() => undefined);
  }

  limiter(options: { keyPrefix: string; points: number; duration: number }): RateLimiterRedis {
    return new RateLimiterRedis({ ...options, storeClient: this.client, useRedisPackage: true });
  }

  /** The command's result; null if Redis is not responding. */
  async run<T>(command: () => Promise<T>): Promise<T | null> {
    const now = performance.now();
    if (now < this.unavailableUntil) return null;
    // After a failure, only this request tries Redis.
    if (this.unavailableUntil > 0) this.unavailableUntil = now + PROBE_PAUSE;
    try {
      const result = await withTimeout(command(), COMMAND_TIMEOUT);
      this.unavailableUntil = 0;
      return result;
    } catch {
      this.unavailableUntil = performance.now() + PROBE_PAUSE;
      return null;
    }
  }

  close(): void {
    if (this.client.isOpen) this.client.destroy();
  }
}
