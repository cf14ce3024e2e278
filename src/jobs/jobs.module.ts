import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { ExportsService } from './exports/exports.service.js';
import { JobMetrics } from './job-metrics.js';
import { ReportStatistics } from './reports/report-statistics.js';
import { ReportsService } from './reports/reports.service.js';
import { JobRunsService } from './scheduling/job-runs.service.js';

/** What the surfaces use of the jobs, in every process. The jobs run in the JobsWorkerModule. */
@Module({
  imports: [AuthModule],
  providers: [ExportsService, JobMetrics, JobRunsService, ReportStatistics, ReportsService],
  exports: [ExportsService, JobRunsService, ReportStatistics, ReportsService],
})
export class JobsModule {}
