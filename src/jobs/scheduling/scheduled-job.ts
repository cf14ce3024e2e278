import type { Configuration } from '../../platform/config/configuration.js';
import type { Queryable } from '../../platform/database/queryable.js';
import type { Tx } from '../../platform/database/tx.js';
import type { JobKind } from '../../platform/queue/job-kind.js';
import type { PeriodKind } from './period-kinds.js';

export type Schedule = Pick<Configuration, 'timezone' | 'reminderHour' | 'reminderMinute'>;

/** A period whose run is due, and the instant at which it became due. */
export interface DuePeriod {
  readonly period: string;
  readonly since: Date;
}

/** The period of a run, and when the run was started. */
export interface RunStart {
  readonly period: string;
  readonly startedAt: Date;
}

/** A kind of job that runs once for each period. Its rows are job runs. */
export interface ScheduledJob extends JobKind {
  readonly period: PeriodKind;
  /** Whether the job can run for the current period only. */
  readonly isCurrentOnly: boolean;

  /** The period of a manual run that does not name one. */
  defaultPeriod(now: Date, zone: string): string;

  /**
   * The periods that are due and still worth running, the earliest first.
   * @param lastPeriod the latest period with a run that was not early, if any
   */
  due(now: Date, schedule: Schedule, lastPeriod?: string): readonly DuePeriod[];

  /**
   * Whether the run is early: an admin started it before its period was complete. An early run does not
   * count as completed, and is repeated when it is due.
   */
  isEarly(run: RunStart, zone: string): boolean;

  /**
   * The work that a failed run has already done: the start value of `processed` when it continues.
   */
  countProcessed(database: Queryable, run: RunStart): Promise<number>;

  /** Deletes what a run stored for a period that has not begun, because the clock was wrong. */
  deleteStored?(tx: Tx, period: string): Promise<void>;
}
