import { Injectable } from '@nestjs/common';
import { TaggedCache } from '../cache/tagged-cache.js';
import { Configuration } from '../config/configuration.js';
import { ReadDatabase } from '../database/read-database.js';
import { TransactionRunner } from '../database/transaction-runner.js';
import { Clock } from '../time/clock.js';

export type DependencyState = 'up' | 'down';

/** `degraded`: Redis is down; requests still work, but slower, and background work waits. */
export const READINESS = ['ok', 'degraded', 'unavailable'] as const;
export type Readiness = (typeof READINESS)[number];

/** The state of the process's dependencies. */
export interface Health {
  readonly status: Readiness;
  readonly dependencies: Readonly<Record<string, DependencyState>>;
}

/** Milliseconds for which a probe's result is kept, so that frequent requests cause no writes. */
const MAX_AGE = { up: 1_000, down: 250 };
/** More bytes than the pages that a booking changes, so that a nearly full disk is detected. */
const PROBE_BYTES = 32_768;

@Injectable()
export class HealthCheck {
  private readonly databaseProbe = new Probe(() => this.write());
  private readonly redisProbe = new Probe(() => this.cache.ping());

  constructor(
    private readonly database: ReadDatabase,
    private readonly transactions: TransactionRunner,
    private readonly cache: TaggedCache,
    private readonly configuration: Configuration,
    private readonly clock: Clock,
  ) {}

  /**
   * Attempts the operations that a booking needs: a read, a committed write, and a write to Redis
   * if it is in use. Never rejects. Without Redis, everything except background work continues.
   */
  async check(): Promise<Health> {
    const [database, redis] = await Promise.all([
      this.checkDatabase(),
      this.configuration.redisUrl ? this.redisProbe.state() : undefined,
    ]);
    const status = database === 'down' ? 'unavailable' : redis === 'down' ? 'degraded' : 'ok';
    return { status, dependencies: { database, ...(redis && { redis }) } };
  }

  private async checkDatabase(): Promise<DependencyState> {
    const readable = await stateOf(this.database.sql`SELECT 1 FROM migrations LIMIT 1`);
    return readable === 'up' ? this.databaseProbe.state() : 'down';
  }

  private write(): Promise<void> {
    const padding = Buffer.alloc(PROBE_BYTES);
    return this.transactions.run(async (tx) => {
      await tx.sql`
        INSERT INTO write_probe (id, written_at, padding)
        VALUES (1, ${this.clock.now().getTime()}, ${padding})
        ON CONFLICT (id) DO UPDATE SET written_at = excluded.written_at, padding = excluded.padding`;
    });
  }
}

/** An operation whose latest result is shared by all requests for a while. */
class Probe {
  private latest: Promise<DependencyState> | undefined;

  constructor(private readonly attempt: () => Promise<void>) {}

  state(): Promise<DependencyState> {
    this.latest ??= this.run();
    return this.latest;
  }

  private async run(): Promise<DependencyState> {
    const state = await stateOf(this.attempt());
    setTimeout(() => (this.latest = undefined), MAX_AGE[state]).unref();
    return state;
  }
}

function stateOf(ping: Promise<unknown>): Promise<DependencyState> {
  return ping.then(
    () => 'up',
    () => 'down',
  );
}
