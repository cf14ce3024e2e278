import { ApiProperty } from '@nestjs/swagger';
import { IsString } from 'class-validator';
import { MayBeOmitted } from '../../platform/http/validation/text.js';
import { type JobRun, RUN_STATUSES, type RunStatus } from '../../jobs/scheduling/job-run.entity.js';

export class RunJobDto {
  /**
   * `YYYY-MM-DD` for daily-reminders (left out: today), `YYYY-MM` for monthly-reports (left out: the
   * month before this one), in the installation's time zone; not later than now. @example '2026-02'
   */
  @MayBeOmitted()
  @IsString({ message: 'period must be text' })
  period?: string;
}

/** A scheduled job for one period. */
export class JobRunDto {
  /** @example 3 */
  id: number;

  /** @example 'monthly-reports' */
  name: string;

  /** @example '2026-02' */
  period: string;

  @ApiProperty({ enum: RUN_STATUSES, example: 'completed' })
  status: RunStatus;

  /** @example '2026-03-01T03:30:00.000Z' */
  started_at: Date;

  /** Null while it runs. @example '2026-03-01T03:30:09.000Z' */
  finished_at: Date | null;

  /** Reminders delivered (one per driver and channel), or reports made. @example 1800 */
  processed: number;

  /** Messages that did not arrive, or perhaps not. @example 0 */
  failed: number;

  /** Why it failed, or what else to know. @example null */
  error: string | null;
}

export function mapJobRun(run: JobRun): JobRunDto {
  return {
    id: run.id,
    name: run.name,
    period: run.period,
    status: run.status,
    started_at: run.startedAt,
    finished_at: run.finishedAt,
    processed: run.processed,
    failed: run.failed,
    error: run.error,
  };
}
