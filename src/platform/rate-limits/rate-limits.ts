import type { OnApplicationShutdown } from '@nestjs/common';
import type { Configuration } from '../config/configuration.js';
import { type Count, Counter } from './counters.js';
import { LIMIT_NAMES, type LimitName, limitPolicies, type LimitPolicy } from './limit-policies.js';
import type { Quota } from './quota.js';
import { RateLimited } from './rate-limited.js';
import type { RateLimitRedis } from './rate-limit-redis.js';

/** A point consumed from a quota. */
export interface Consumption {
  readonly quota: Quota;
  readonly refund: () => Promise<void>;
}

/**
 * Counts and enforces all rate limits. With `RATE_LIMIT_ENABLED=false` nothing is counted or
 * refused.
 */
export class RateLimits implements OnApplicationShutdown {
  readonly enabled: boolean;
  private readonly policies: Readonly<Record<LimitName, LimitPolicy>>;
  private readonly counters: ReadonlyMap<LimitName, Counter>;

  private constructor(
    configuration: Configuration,
    private readonly redis?: RateLimitRedis,
  ) {
    this.policies = limitPolicies(configuration);
    this.enabled = configuration.rateLimitEnabled;
    this.counters = new Map(
      LIMIT_NAMES.map((name) => [name, new Counter(name, this.policies[name], redis)]),
    );
  }

  static async create(configuration: Configuration): Promise<RateLimits> {
    const { rateLimitEnabled, redisUrl } = configuration;
    if (!rateLimitEnabled || redisUrl === undefined) return new RateLimits(configuration);
    // Imported only if needed, like the store in cache-store.ts.
    const { RateLimitRedis } = await import('./rate-limit-redis.js');
    return new RateLimits(configuration, new RateLimitRedis(redisUrl));
  }

  onApplicationShutdown(): void {
    this.redis?.close();
  }

  /**
   * Consumes a point.
   * @throws RateLimited if none is left
   */
  async consume(limit: LimitName, key: string): Promise<Quota[]> {
    if (!this.enabled) return [];
    const { quota } = await this.tryConsume(limit, key);
    if (quota.exceeded) throw new RateLimited(quota);
    return [quota];
  }

  /** Consumes a point even if none is left; the quota is then exceeded. */
  async tryConsume(limit: LimitName, key: string): Promise<Consumption> {
    const { undo, ...count } = await this.counter(limit).increment(key);
    const over = count.consumed - this.policies[limit].points;
    const quota = { ...this.quotaOf(limit, count), exceeded: over > 0, isFirst: over === 1 };
    return { quota, refund: undo };
  }

  /** Checks without consuming. @throws RateLimited if no point is left */
  async assertAvailable(limit: LimitName, key: string): Promise<void> {
    const quota = this.quotaOf(limit, await this.counter(limit).get(key));
    if (quota.remaining === 0) throw new RateLimited({ ...quota, exceeded: true, isFirst: false });
  }

  /** Limits a number that is not counted per window. @throws RateLimited if it reaches the limit */
  assertWithin(limit: LimitName, number: number): void {
    if (!this.enabled) return;
    const quota = this.quotaOf(limit, { consumed: number, milliseconds: 0 });
    if (quota.remaining === 0) throw new RateLimited({ ...quota, exceeded: true, isFirst: false });
  }

  private counter(limit: LimitName): Counter {
    const counter = this.counters.get(limit);
    if (!counter) throw new Error(`There is no limit ${limit}`);
    return counter;
  }

  private quotaOf(
    limit: LimitName,
    { consumed, milliseconds }: Count,
  ): Omit<Quota, 'exceeded' | 'isFirst'> {
    const policy = this.policies[limit];
    return {
      limit,
      policy,
      remaining: Math.max(policy.points - Math.max(consumed, 0), 0),
      resetSeconds: Math.max(Math.ceil(milliseconds / 1000), 1),
    };
  }
}
