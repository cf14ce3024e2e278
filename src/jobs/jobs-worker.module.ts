import { type DynamicModule, Module, type Type } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { AnalyticsModule } from '../analytics/analytics.module.js';
import { AuthModule } from '../auth/auth.module.js';
import type { Configuration } from '../platform/config/configuration.js';
import { MessagingModule } from '../platform/messaging/messaging.module.js';
import {
  type DelayedJobHandler,
  isDelayedJobHandler,
} from '../platform/queue/delayed/delayed-job.js';
import { DelayedJobs } from '../platform/queue/delayed/delayed-jobs.js';
import type { JobHandler } from '../platform/queue/job-handler.js';
import { JobKinds } from '../platform/queue/job-kind.js';
import { JobRegistry } from '../platform/queue/job-registry.js';
import { selectBackend } from '../platform/queue/select-backend.js';
import { ParkingModule } from '../parking/parking.module.js';
import { AccountMailProcessor } from './account-mails/account-mail.processor.js';
import { BulkMailer } from './deliveries/bulk-mailer.js';
import { Deliveries } from './deliveries/deliveries.js';
import { DueBookings } from './due-bookings.js';
import { ExportMailProcessor } from './exports/mail/export-mail.processor.js';
import { ExportProcessor } from './exports/export.processor.js';
import { HourlySumsJob } from './hourly-sums.js';
import { Housekeeping } from './housekeeping.js';
import { JOB_KINDS } from './job-kinds.js';
import { JobsModule } from './jobs.module.js';
import { OldPlates } from './old-plates.js';
import { PlateKeys } from './plate-keys.js';
import { LateReports } from './reports/late-reports.js';
import { ReminderProcessor } from './reminders/reminder.processor.js';
import { ReportProcessor } from './reports/report.processor.js';
import { ClockCorrection } from './scheduling/clock-correction.js';
import { RunProgress } from './scheduling/run-progress.js';
import { Scheduler } from './scheduling/scheduler.js';

/** The handler of each kind of job in JOB_KINDS. */
const HANDLERS: Type<JobHandler | DelayedJobHandler>[] = [
  AccountMailProcessor,
  ExportProcessor,
  ExportMailProcessor,
  ReminderProcessor,
  ReportProcessor,
  HourlySumsJob,
  Housekeeping,
  OldPlates,
  PlateKeys,
];

const REGISTRY = {
  provide: JobRegistry,
  inject: [JobKinds, DelayedJobs, ...HANDLERS],
  useFactory: (
    kinds: JobKinds,
    delayedJobs: DelayedJobs,
    ...handlers: (JobHandler | DelayedJobHandler)[]
  ) =>
    new JobRegistry(
      kinds,
      handlers.map((handler) =>
        isDelayedJobHandler(handler) ? delayedJobs.handlerOf(handler) : handler,
      ),
    ),
};

/** Runs the jobs: handlers, scheduler and housekeeping. Only processes whose role runs jobs import it. */
@Module({})
export class JobsWorkerModule {
  static async forRoot(configuration: Configuration): Promise<DynamicModule> {
    const { workers } = await selectBackend(configuration, JOB_KINDS);
    return {
      module: JobsWorkerModule,
      imports: [
        ScheduleModule.forRoot(),
        AnalyticsModule,
        AuthModule,
        JobsModule,
        MessagingModule,
        ParkingModule,
      ],
      providers: [
        ...HANDLERS,
        REGISTRY,
        BulkMailer,
        ClockCorrection,
        Deliveries,
        DueBookings,
        LateReports,
        RunProgress,
        Scheduler,
        ...workers,
      ],
    };
  }
}
