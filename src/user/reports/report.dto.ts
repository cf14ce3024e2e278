import type { Report } from '../../jobs/reports/report.entity.js';

export class ReportDto {
  /** @example '2026-02' */
  period: string;

  /** @example '2026-03-01T03:30:00.000Z' */
  created_at: Date;

  /** URL of the page. @example '/api/user/reports/2026-02' */
  url: string;
}

export function mapReport({ period, createdAt }: Pick<Report, 'period' | 'createdAt'>): ReportDto {
  return { period, created_at: createdAt, url: `/api/user/reports/${period}` };
}
