import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ReadDatabase } from '../platform/database/read-database.js';
import { Metrics, type Sample } from '../platform/observability/metrics.js';
import { JOBS } from '../platform/queue/jobs.js';

/** What is still to be done in the background, by the rows that say so. */
@Injectable()
export class JobMetrics implements OnModuleInit {
  constructor(
    private readonly metrics: Metrics,
    private readonly database: ReadDatabase,
  ) {}

  onModuleInit(): void {
    this.metrics.initializeJobs(Object.keys(JOBS));
    this.metrics.add({
      kind: 'gauge',
      name: 'vpms_jobs_unfinished',
      help: 'Exports, mails and scheduled runs that are not done; the same from every process.',
      labels: ['job'],
      query: () => this.countUnfinished(),
    });
  }

  private async countUnfinished(): Promise<readonly Sample[]> {
    const rows = await this.database.sql<{ job: string; number: number }[]>`
      SELECT 'export' AS job, COUNT(*) AS number FROM exports
        WHERE status IN ('pending', 'processing')
      UNION ALL SELECT 'export-mail', COUNT(*) FROM exports WHERE mail = 'pending'
      UNION ALL SELECT name, COUNT(*) FROM job_runs WHERE status = 'running' GROUP BY name`;
    const numbers = new Map(rows.map(({ job, number }) => [job, number]));
    return Object.keys(JOBS).map((job) => ({ labels: { job }, value: numbers.get(job) ?? 0 }));
  }
}
