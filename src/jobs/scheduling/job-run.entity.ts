import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import { InstantColumn } from '../../platform/database/sql/columns.js';

export const RUN_STATUSES = ['running', 'completed', 'failed'] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];

/** One execution of a scheduled job. A job has at most one run per period. */
@Entity('job_runs')
export class JobRun {
  @PrimaryGeneratedColumn({ type: 'bigint' })
  id: number;

  @Column('text')
  name: string;

  /** `2026-03-01` for a daily job, `2026-03` for a monthly one; local to `TIMEZONE`. */
  @Column('text')
  period: string;

  @Column('text')
  status: RunStatus;

  @InstantColumn({ name: 'started_at' })
  startedAt: Date;

  @InstantColumn({ name: 'finished_at', nullable: true })
  finishedAt: Date | null;

  /** Number of reminders delivered or reports made so far. */
  @Column('integer')
  processed: number;

  /** Messages that were not delivered or whose outcome is unknown after a crash. */
  @Column('integer')
  failed: number;

  /** Why the run failed, or a note for the operator. */
  @Column('text', { nullable: true })
  error: string | null;
}

/** The subject of the run's deliveries. */
export function subjectOf({ name, period }: Pick<JobRun, 'name' | 'period'>): string {
  return `${name} ${period}`;
}
