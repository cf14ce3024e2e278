import { IsIn } from 'class-validator';
import { ApiProperty } from '@nestjs/swagger';
import { ApiInteger } from '../../platform/http/validation/numbers.js';
import { MayBeOmitted } from '../../platform/http/validation/text.js';
import {
  type Export,
  EXPORT_STATUSES,
  type ExportStatus,
} from '../../jobs/exports/export.entity.js';
import { exportFileName, type SpreadsheetProgram } from '../../jobs/exports/exports.service.js';

const PROGRAMS = ['excel'] as const;

export class DownloadQuery {
  /** With `excel`, the file starts with a byte order mark and `sep=,`, so that Excel opens it correctly. */
  @ApiProperty({ enum: PROGRAMS, required: false })
  @MayBeOmitted()
  @IsIn(PROGRAMS, { message: 'for must be excel' })
  for?: SpreadsheetProgram;
}

export class ExportAcceptedDto {
  /** @example '8d5ff0c7-32b1-4b14-8a50-6f6f0a0f6f6b' */
  @ApiProperty({ format: 'uuid' })
  task_id: string;

  @ApiProperty({ enum: EXPORT_STATUSES, example: 'pending' })
  status: ExportStatus;

  /** @example 'The export has not started yet.' */
  message: string;

  /** @example '/api/user/export-csv-status/8d5ff0c7-32b1-4b14-8a50-6f6f0a0f6f6b' */
  @ApiProperty({ format: 'uri-reference' })
  status_url: string;
}

export class ExportStatusDto {
  /** @example '8d5ff0c7-32b1-4b14-8a50-6f6f0a0f6f6b' */
  @ApiProperty({ format: 'uuid' })
  task_id: string;

  @ApiProperty({ enum: EXPORT_STATUSES, example: 'completed' })
  status: ExportStatus;

  /** @example 'The export is ready.' */
  message: string;

  /** @example 'vpms-bookings-20260301-093000.csv' */
  filename: string;

  /** Null until the work begins. @example 14 */
  @ApiInteger()
  total_bookings: number | null;

  /** Number of bookings written so far. @example 14 */
  @ApiInteger()
  processed: number;

  /** @example '2026-03-01T09:30:00.000Z' */
  created_at: Date;

  /** Null until the export is completed or failed. @example '2026-03-01T09:30:01.000Z' */
  finished_at: Date | null;

  /**
   * A day after completion, or when a newer export replaced the file; null unless the export is completed.
   * @example '2026-03-02T09:30:01.000Z'
   */
  expires_at: Date | null;

  /** Null unless the file can be downloaded. @example '/api/user/export-csv-download/8d5ff0c7-32b1-4b14-8a50-6f6f0a0f6f6b' */
  @ApiProperty({ format: 'uri-reference' })
  download_url: string | null;
}

const MESSAGES: Record<ExportStatus, string> = {
  pending: 'The export has not started yet.',
  processing: 'The export is being written.',
  completed: 'The export is ready.',
  failed: 'The export has failed; request a new one.',
};

export function mapAccepted({ id, status }: Export): ExportAcceptedDto {
  return {
    task_id: id,
    status,
    message: MESSAGES[status],
    status_url: `/api/user/export-csv-status/${id}`,
  };
}

export function mapExport(task: Export, isExpired: boolean): ExportStatusDto {
  const { id, status } = task;
  const downloadable = status === 'completed' && !isExpired;
  return {
    task_id: id,
    status,
    message: isExpired
      ? 'The export has expired, or a newer one has replaced it; request a new one.'
      : MESSAGES[status],
    filename: exportFileName(task),
    total_bookings: task.totalBookings,
    processed: task.processed,
    created_at: task.createdAt,
    finished_at: task.finishedAt,
    expires_at: task.expiresAt,
    download_url: downloadable ? `/api/user/export-csv-download/${id}` : null,
  };
}
