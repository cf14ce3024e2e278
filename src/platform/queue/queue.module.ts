import { type DynamicModule, Global, Module } from '@nestjs/common';
import type { Configuration } from '../config/configuration.js';
import { DelayedJobs } from './delayed/delayed-jobs.js';
import { JobQueue } from './delayed/job-queue.js';
import { Dispatcher } from './dispatcher.js';
import { JobKinds } from './job-kind.js';
import { selectBackend } from './select-backend.js';

/**
 * Dispatches and schedules jobs. Infrastructure for every module, as the database is. The handlers run
 * in the jobs module, which also supplies the kinds of job.
 */
@Global()
@Module({})
export class QueueModule {
  static async forRoot(configuration: Configuration, kinds: JobKinds): Promise<DynamicModule> {
    const { imports, providers } = await selectBackend(configuration, kinds);
    return {
      module: QueueModule,
      imports: [...imports],
      providers: [...providers, { provide: JobKinds, useValue: kinds }, DelayedJobs, JobQueue],
      exports: [...providers, JobKinds, DelayedJobs, JobQueue, Dispatcher],
    };
  }
}
