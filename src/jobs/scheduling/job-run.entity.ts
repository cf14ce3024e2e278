import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import { InstantColumn } from '../../platform/database/columns.js';
import type { ScheduledJobName } from './scheduled-jobs.js';

export const RUN_STATUSES = ['running', 'completed', 'failed'] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];

/** A scheduled job for one period. Name and period are unique, so it runs once however often it fires. */
@Entity('job_runs')
export class JobRun {
  @PrimaryGeneratedColumn({ type: 'bigint' })
  id: number;

  @Column('text')
  name: ScheduledJobName;

  /** `2026-03-01` for a daily job, `2026-03` for a monthly one; in the installation's time zone. */
  @Column('text')
  period: string;

  @Column('text')
  status: RunStatus;

  @InstantColumn({ name: 'started_at' })
  startedAt: Date;

  @InstantColumn({ name: 'finished_at', nullable: true })
  finishedAt: Date | null;

  /** How much is done: reminders delivered, or reports made. */
  @Column('integer')
  processed: number;

  /** Messages that could not be delivered, or whose fate is unknown after a crash. */
  @Column('integer')
  failed: number;

  /** Why it failed, or what else an operator should know. */
  @Column('text', { nullable: true })
  error: string | null;
}

/** What the run's deliveries are filed under. */
export function subjectOf({ name, period }: Pick<JobRun, 'name' | 'period'>): string {
  return `${name} ${period}`;
}
