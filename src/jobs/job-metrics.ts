import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ReadDatabase } from '../platform/database/read-database.js';
import { Metrics, type Sample } from '../platform/observability/metrics.js';
import { JobKinds } from '../platform/queue/job-kind.js';
import { EXPORT, EXPORT_MAIL } from './exports/export-jobs.js';

/** Counts the unfinished rows of each kind of job. */
@Injectable()
export class JobMetrics implements OnModuleInit {
  constructor(
    private readonly metrics: Metrics,
    private readonly kinds: JobKinds,
    private readonly database: ReadDatabase,
  ) {}

  onModuleInit(): void {
    this.metrics.initializeJobs(this.kinds.names);
    this.metrics.add({
      kind: 'gauge',
      name: 'vpms_jobs_unfinished',
      help: 'Jobs that are not finished, including those not due yet. Every process reports the same number.',
      labels: ['job'],
      query: () => this.countUnfinished(),
    });
  }

  private async countUnfinished(): Promise<readonly Sample[]> {
    const rows = await this.database.sql<{ job: string; number: number }[]>`
      SELECT ${EXPORT.name} AS job, COUNT(*) AS number FROM exports
        WHERE status IN ('pending', 'processing')
      UNION ALL SELECT ${EXPORT_MAIL.name}, COUNT(*) FROM exports WHERE mail = 'pending'
      UNION ALL SELECT name, COUNT(*) FROM job_runs WHERE status = 'running' GROUP BY name
      UNION ALL SELECT name, COUNT(*) FROM jobs
        WHERE status IN ('pending', 'running') GROUP BY name`;
    const numbers = new Map(rows.map(({ job, number }) => [job, number]));
    return this.kinds.names.map((job) => ({ labels: { job }, value: numbers.get(job) ?? 0 }));
  }
}
