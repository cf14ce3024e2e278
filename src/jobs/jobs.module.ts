import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { ParkingModule } from '../parking/parking.module.js';
import { ExportRequests } from './exports/export-requests.service.js';
import { ExportsService } from './exports/exports.service.js';
import { ExportPlates } from './exports/old-plates.js';
import { JobMetrics } from './job-metrics.js';
import { ReportStatistics } from './reports/report-statistics.js';
import { ReportsService } from './reports/reports.service.js';
import { JobRunsService } from './scheduling/job-runs.service.js';

/**
 * The services with which the surfaces start jobs and read their results, in every process. The jobs
 * run in the JobsWorkerModule.
 */
@Module({
  imports: [AuthModule, ParkingModule],
  providers: [
    ExportPlates,
    ExportRequests,
    ExportsService,
    JobMetrics,
    JobRunsService,
    ReportStatistics,
    ReportsService,
  ],
  exports: [
    ExportPlates,
    ExportRequests,
    ExportsService,
    JobRunsService,
    ReportStatistics,
    ReportsService,
  ],
})
export class JobsModule {}
