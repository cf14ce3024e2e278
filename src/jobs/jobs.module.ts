import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { AuthModule } from '../auth/auth.module.js';
import type { Configuration } from '../common/config/configuration.js';
import { BullDispatcher } from './engine/bull-dispatcher.js';
import { BullWorker } from './engine/bull-worker.js';
import { Dispatcher } from './engine/dispatcher.js';
import { InProcessDispatcher } from './engine/in-process-dispatcher.js';
import type { JobHandler } from './engine/job-handler.js';
import { JobRegistry } from './engine/job-registry.js';
import { QueueMetrics } from './engine/queue-metrics.js';
import { bullQueues } from './engine/queues.js';
import { ExportMailProcessor } from './exports/export-mail.processor.js';
import { ExportProcessor } from './exports/export.processor.js';
import { ExportsService } from './exports/exports.service.js';
import { Housekeeping } from './housekeeping.js';
import { JobMetrics } from './job-metrics.js';
import { Chat } from './notifications/chat.js';
import { Deliveries } from './notifications/deliveries.js';
import { MailRun } from './notifications/mail-run.js';
import { Mailer } from './notifications/mailer.js';
import { Patience } from './notifications/patience.js';
import { ReminderProcessor } from './reminders/reminder.processor.js';
import { ReportProcessor } from './reports/report.processor.js';
import { ReportsService } from './reports/reports.service.js';
import { JobRunsService } from './runs/job-runs.service.js';
import { RunProgress } from './runs/run-progress.js';
import { Schedules } from './runs/schedules.js';

const HANDLERS = [ExportProcessor, ExportMailProcessor, ReminderProcessor, ReportProcessor];

const SERVICES = [
  Chat,
  Deliveries,
  ExportsService,
  JobMetrics,
  JobRunsService,
  Mailer,
  MailRun,
  Patience,
  ReportsService,
  RunProgress,
];

/** Background work: what the program does by itself or after the answer. */
@Module({})
export class JobsModule {
  /** Only where the role has it do the work; everywhere it can be asked for. */
  static forRoot({ redisUrl, role }: Configuration): DynamicModule {
    const works = role !== 'api';
    return {
      module: JobsModule,
      global: true,
      imports: [ScheduleModule.forRoot(), AuthModule, ...(redisUrl ? bullQueues() : [])],
      providers: [
        ...SERVICES,
        ...(redisUrl ? VIA_REDIS : IN_PROCESS),
        ...(works ? WORKERS : []),
        ...(works && redisUrl ? [BullWorker] : []),
      ],
      exports: [ExportsService, JobRunsService, ReportsService],
    };
  }
}

const IN_PROCESS: Provider[] = [{ provide: Dispatcher, useClass: InProcessDispatcher }];

const VIA_REDIS: Provider[] = [
  BullDispatcher,
  QueueMetrics,
  { provide: Dispatcher, useExisting: BullDispatcher },
];

const WORKERS: Provider[] = [
  ...HANDLERS,
  {
    provide: JobRegistry,
    inject: HANDLERS,
    useFactory: (...handlers: JobHandler[]) => new JobRegistry(handlers),
  },
  Housekeeping,
  Schedules,
];
