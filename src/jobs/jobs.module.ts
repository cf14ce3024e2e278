import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { AuthModule } from '../auth/auth.module.js';
import type { Configuration } from '../platform/config/configuration.js';
import { Dispatcher } from '../platform/queue/dispatcher.js';
import type { QueueBackend } from '../platform/queue/queue-backend.js';
import { InProcessDispatcher } from '../platform/queue/in-process-dispatcher.js';
import type { JobHandler } from '../platform/queue/job-handler.js';
import { JobRegistry } from '../platform/queue/job-registry.js';
import { ExportMailProcessor } from './exports/export-mail.processor.js';
import { ExportProcessor } from './exports/export.processor.js';
import { ExportsService } from './exports/exports.service.js';
import { Housekeeping } from './housekeeping.js';
import { JobMetrics } from './job-metrics.js';
import { GoogleChatClient } from '../platform/messaging/google-chat-client.js';
import { Deliveries } from './deliveries/deliveries.js';
import { BulkMailer } from './deliveries/bulk-mailer.js';
import { Mailer } from '../platform/messaging/mailer.js';
import { DeliveryTimeouts } from '../platform/messaging/delivery-timeouts.js';
import { ReminderProcessor } from './reminders/reminder.processor.js';
import { ReportProcessor } from './reports/report.processor.js';
import { ReportsService } from './reports/reports.service.js';
import { JobRunsService } from './scheduling/job-runs.service.js';
import { RunProgress } from './scheduling/run-progress.js';
import { Scheduler } from './scheduling/scheduler.js';

const HANDLERS = [ExportProcessor, ExportMailProcessor, ReminderProcessor, ReportProcessor];

const SERVICES = [
  GoogleChatClient,
  Deliveries,
  ExportsService,
  JobMetrics,
  JobRunsService,
  Mailer,
  BulkMailer,
  DeliveryTimeouts,
  ReportsService,
  RunProgress,
];

/** Background work: what the program does by itself or after the answer. */
@Module({})
export class JobsModule {
  /** Only where the role has it do the work; everywhere it can be asked for. */
  static async forRoot({ redisUrl, role }: Configuration): Promise<DynamicModule> {
    const works = role !== 'api';
    // Loaded only where it is used: Bull takes 7 MiB, and its time at the start.
    const engine = redisUrl
      ? (await import('../platform/queue/bull/bull-backend.js')).bullBackend()
      : IN_PROCESS;
    return {
      module: JobsModule,
      global: true,
      imports: [ScheduleModule.forRoot(), AuthModule, ...engine.imports],
      providers: [
        ...SERVICES,
        ...engine.providers,
        ...(works ? [...WORKERS, ...engine.workers] : []),
      ],
      exports: [ExportsService, JobRunsService, ReportsService],
    };
  }
}

const IN_PROCESS: QueueBackend = {
  imports: [],
  providers: [{ provide: Dispatcher, useClass: InProcessDispatcher }],
  workers: [],
};

const WORKERS: Provider[] = [
  ...HANDLERS,
  {
    provide: JobRegistry,
    inject: HANDLERS,
    useFactory: (...handlers: JobHandler[]) => new JobRegistry(handlers),
  },
  Housekeeping,
  Scheduler,
];
