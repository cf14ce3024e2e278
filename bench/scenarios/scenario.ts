import type { Measurement, MeasuringTime } from '../client/meter.js';
import type { BenchDatabase } from '../database/bench-database.js';
import type { City } from '../database/city.js';
import type { MeasuredServer } from '../servers/measured-server.js';
import type { SubjectName } from '../servers/subjects.js';

/** An idle server on a prepared database. */
export interface ScenarioContext {
  readonly server: MeasuredServer;
  readonly city: City;
  readonly database: Pick<BenchDatabase, 'query'>;
  readonly window: MeasuringTime;
}

export interface ScenarioResult {
  /** Measurements by name; most scenarios have one. */
  readonly measurements: Readonly<Record<string, Measurement>>;
  /** Wrong responses. */
  readonly errors: readonly string[];
  /** Number of acknowledged bookings in the whole scenario. */
  readonly booked: number;
  /** A response that must be equal on all servers. */
  readonly sample?: unknown;
}

export interface Scenario {
  /** Name for `--only`. */
  readonly name: string;
  /** Title in the report. */
  readonly title: string;
  readonly subjects: readonly SubjectName[];
  run(stage: ScenarioContext): Promise<ScenarioResult>;
}

/** Number of connections in most scenarios. */
export const CONNECTIONS = 64;
