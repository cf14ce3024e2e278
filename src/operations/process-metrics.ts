import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Passwords } from '../auth/passwords/passwords.js';
import { TaggedCache } from '../platform/cache/tagged-cache.js';
import { DatabaseUsage } from '../platform/database/database-usage.js';
import { HealthCheck } from '../platform/observability/health.js';
import { Metrics, type Sample } from '../platform/observability/metrics.js';

/** The metrics that a process has in every role. */
@Injectable()
export class ProcessMetrics implements OnModuleInit {
  constructor(
    private readonly metrics: Metrics,
    private readonly healthCheck: HealthCheck,
    private readonly databaseUsage: DatabaseUsage,
    private readonly passwords: Passwords,
    private readonly cache: TaggedCache,
  ) {}

  onModuleInit(): void {
    this.metrics.add({
      kind: 'gauge',
      name: 'vpms_dependency_up',
      help: '1 if the process reaches the dependency, 0 if not.',
      labels: ['dependency'],
      query: async () => {
        const { dependencies } = await this.healthCheck.check();
        return Object.entries(dependencies).map(([dependency, state]) => ({
          labels: { dependency },
          value: state === 'up' ? 1 : 0,
        }));
      },
    });
    this.metrics.add({
      kind: 'gauge',
      name: 'vpms_database_waiting',
      help: 'Units of work that wait for a connection, or for the writer of SQLite.',
      labels: [],
      read: () => [{ labels: {}, value: this.databaseUsage.read().waiting }],
    });
    this.metrics.add({
      kind: 'gauge',
      name: 'vpms_database_connections',
      help: "Connections in this process's PostgreSQL pool.",
      labels: ['state'],
      read: () => byLabel('state', this.databaseUsage.read().connections ?? {}),
    });
    this.metrics.add({
      kind: 'gauge',
      name: 'vpms_password_hashes',
      help: 'Password hashes that are running or waiting.',
      labels: ['state'],
      read: () => byLabel('state', this.passwords.load),
    });
    this.metrics.add({
      kind: 'counter',
      name: 'vpms_cache_answers_total',
      help: 'Cache look-ups: stored, computed, or computed because the cache is unavailable.',
      labels: ['outcome'],
      read: () => byLabel('outcome', this.cache.lookups),
    });
  }
}

function byLabel(label: string, values: Readonly<Record<string, number>>): readonly Sample[] {
  return Object.entries(values).map(([key, value]) => ({ labels: { [label]: key }, value }));
}
