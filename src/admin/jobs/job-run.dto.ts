import { ApiProperty } from '@nestjs/swagger';
import { IsString } from 'class-validator';
import { NoBodyDto } from '../../platform/http/validation/no-body.dto.js';
import { MayBeOmitted } from '../../platform/http/validation/text.js';
import { type JobRun, RUN_STATUSES, type RunStatus } from '../../jobs/scheduling/job-run.entity.js';
import { SCHEDULED_JOBS } from '../../jobs/scheduling/scheduled-jobs.js';

const PERIODS = SCHEDULED_JOBS.map(({ name, period }) => `${period.form} for ${name}`).join(', ');

export class RunJobDto extends NoBodyDto {
  @ApiProperty({
    description:
      `The period: ${PERIODS}, local to the installation's time zone and not later than the current one; ` +
      'daily-reminders accepts only today. ' +
      'If omitted, today for daily-reminders and the previous month for monthly-reports.',
    example: '2026-02',
  })
  @MayBeOmitted()
  @IsString({ message: 'period must be text' })
  period?: string;
}

/** One execution of a scheduled job. */
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

  /** Null until the run ends. @example '2026-03-01T03:30:09.000Z' */
  finished_at: Date | null;

  /** Number of reminders delivered (one per driver and channel) or reports created. @example 1800 */
  processed: number;

  /** Messages that were not delivered, or whose outcome is unknown. @example 0 */
  failed: number;

  /** Why the run failed, or a note. @example null */
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
