import { Module } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { AuthModule } from '../auth/auth.module.js';
import { Dispatcher } from './dispatcher.js';
import { ExportProcessor } from './exports/export.processor.js';
import { ExportsService } from './exports/exports.service.js';
import { Housekeeping } from './housekeeping.js';
import { InProcessDispatcher } from './in-process-dispatcher.js';
import { JobRegistry } from './job-registry.js';

/** Background work: what the program does by itself or after the answer. */
@Module({
  imports: [ScheduleModule.forRoot(), AuthModule],
  providers: [
    ExportProcessor,
    ExportsService,
    Housekeeping,
    {
      provide: JobRegistry,
      inject: [ExportProcessor],
      useFactory: (...handlers: [ExportProcessor]) => new JobRegistry(handlers),
    },
    { provide: Dispatcher, useClass: InProcessDispatcher },
  ],
  exports: [ExportsService],
})
export class JobsModule {}
