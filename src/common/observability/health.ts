import { Injectable } from '@nestjs/common';
import { Reader } from '../database/data-sources.js';

export type DependencyState = 'up' | 'down';

/** The state of everything outside of the process that it needs. */
export interface Health {
  readonly ready: boolean;
  readonly dependencies: Readonly<Record<string, DependencyState>>;
}

@Injectable()
export class HealthCheck {
  constructor(private readonly reader: Reader) {}

  /** Asks each dependency; never throws. */
  async check(): Promise<Health> {
    const database = await this.reader.sql`SELECT 1 FROM migrations LIMIT 1`.then(
      () => 'up' as const,
      () => 'down' as const,
    );
    return { ready: database === 'up', dependencies: { database } };
  }
}
