import type { Measurement, Window } from '../driver/meter.js';
import type { City } from '../database/city.js';
import type { ServerProcess } from '../servers/server-process.js';
import type { SubjectName } from '../servers/subjects.js';

/** One server, prepared, with nothing to do. */
export interface Stage {
  readonly server: ServerProcess;
  readonly city: City;
  readonly window: Window;
}

export interface Outcome {
  /** By the name of what was measured; most scenarios measure one thing. */
  readonly measurements: Readonly<Record<string, Measurement>>;
  /** Wrong answers. */
  readonly faults: readonly string[];
  /** How many bookings the server has answered 201 for, in the whole scenario. */
  readonly booked: number;
  /** What every server must answer alike. */
  readonly sample?: unknown;
}

export interface Scenario {
  /** For `--only`. */
  readonly name: string;
  /** What it measures, for people. */
  readonly title: string;
  readonly subjects: readonly SubjectName[];
  run(stage: Stage): Promise<Outcome>;
}

/** What drives most scenarios. */
export const CONNECTIONS = 64;
