import { Injectable } from '@nestjs/common';
import { TaggedCache } from '../cache/tagged-cache.js';
import { Configuration } from '../config/configuration.js';
import { ReadDatabase } from '../database/read-database.js';

export type DependencyState = 'up' | 'down';

/** `degraded`: everything works, but slower. */
export const READINESS = ['ok', 'degraded', 'unavailable'] as const;
export type Readiness = (typeof READINESS)[number];

/** The state of the process's dependencies. */
export interface Health {
  readonly status: Readiness;
  readonly dependencies: Readonly<Record<string, DependencyState>>;
}

@Injectable()
export class HealthCheck {
  constructor(
    private readonly database: ReadDatabase,
    private readonly cache: TaggedCache,
    private readonly configuration: Configuration,
  ) {}

  /** Checks each dependency; never rejects. Without Redis, everything still works. */
  async check(): Promise<Health> {
    const [database, redis] = await Promise.all([
      stateOf(this.database.sql`SELECT 1 FROM migrations LIMIT 1`),
      this.configuration.redisUrl ? stateOf(this.cache.ping()) : undefined,
    ]);
    const status = database === 'down' ? 'unavailable' : redis === 'down' ? 'degraded' : 'ok';
    return { status, dependencies: { database, ...(redis && { redis }) } };
  }
}

function stateOf(ping: Promise<unknown>): Promise<DependencyState> {
  return ping.then(
    () => 'up',
    () => 'down',
  );
}
