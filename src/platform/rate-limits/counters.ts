import { RateLimiterMemory, RateLimiterRedis, type RateLimiterRes } from 'rate-limiter-flexible';
import type { LimitName, LimitPolicy } from './limit-policies.js';
import type { RateLimitRedis } from './rate-limit-redis.js';

/** Points consumed in the current window, and its remaining duration. */
export interface Count {
  readonly consumed: number;
  readonly milliseconds: number;
}

export interface Counted extends Count {
  /** Reverts the increment, in the process and in Redis if it was counted there. */
  readonly undo: () => Promise<void>;
}

/**
 * Counts one rate limit in this process and in Redis, which all instances share. The higher count
 * applies, so a Redis that is down or empty neither causes a refusal nor resets what this process
 * has counted.
 */
export class Counter {
  private readonly memory: RateLimiterMemory;
  private readonly shared: RateLimiterRedis | undefined;

  constructor(
    name: LimitName,
    { points, seconds }: LimitPolicy,
    private readonly redis: RateLimitRedis | undefined,
  ) {
    const options = { keyPrefix: `vpms:limit:${name}`, points, duration: seconds };
    this.memory = new RateLimiterMemory(options);
    this.shared = redis && redis.limiter(options);
  }

  async increment(key: string): Promise<Counted> {
    const [own, shared] = await Promise.all([
      this.memory.penalty(key),
      this.runOnRedis((limiter) => limiter.penalty(key)),
    ]);
    const undo = async (): Promise<void> => {
      await this.memory.reward(key);
      if (shared) await this.runOnRedis((limiter) => limiter.reward(key));
    };
    return { ...higher(own, shared), undo };
  }

  async get(key: string): Promise<Count> {
    const [own, shared] = await Promise.all([
      this.memory.get(key),
      this.runOnRedis((limiter) => limiter.get(key)),
    ]);
    return higher(own, shared);
  }

  private async runOnRedis(
    command: (limiter: RateLimiterRedis) => Promise<RateLimiterRes | null>,
  ): Promise<RateLimiterRes | null> {
    const { redis, shared } = this;
    return redis && shared ? redis.run(() => command(shared)) : null;
  }
}

function higher(own: RateLimiterRes | null, shared: RateLimiterRes | null): Count {
  const [highest] = [own, shared]
    .filter((result) => result !== null)
    // A window in memory ends when its timer fires, which may be slightly late.
    .filter(({ msBeforeNext }) => msBeforeNext > 0)
    .map(({ consumedPoints, msBeforeNext }) => ({
      consumed: consumedPoints,
      milliseconds: msBeforeNext,
    }))
    .toSorted((a, b) => b.consumed - a.consumed);
  return highest ?? { consumed: 0, milliseconds: 0 };
}
