import { Module } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { AuthModule } from '../auth/auth.module.js';
import { Dispatcher } from './engine/dispatcher.js';
import { InProcessDispatcher } from './engine/in-process-dispatcher.js';
import type { JobHandler } from './engine/job-handler.js';
import { JobRegistry } from './engine/job-registry.js';
import { ExportMailProcessor } from './exports/export-mail.processor.js';
import { ExportProcessor } from './exports/export.processor.js';
import { ExportsService } from './exports/exports.service.js';
import { Housekeeping } from './housekeeping.js';
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

/** Background work: what the program does by itself or after the answer. */
@Module({
  imports: [ScheduleModule.forRoot(), AuthModule],
  providers: [
    ...HANDLERS,
    {
      provide: JobRegistry,
      inject: HANDLERS,
      useFactory: (...handlers: JobHandler[]) => new JobRegistry(handlers),
    },
    { provide: Dispatcher, useClass: InProcessDispatcher },
    Chat,
    Deliveries,
    ExportsService,
    Housekeeping,
    JobRunsService,
    Mailer,
    MailRun,
    Patience,
    ReportsService,
    RunProgress,
    Schedules,
  ],
  exports: [ExportsService, JobRunsService, ReportsService],
})
export class JobsModule {}
