import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { type INestApplicationContext, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ScheduleModule } from '@nestjs/schedule';
import { inject } from 'vitest';
import { ENTITIES } from '../../../src/app/entities.js';
import { readConfiguration } from '../../../src/platform/config/read-configuration.js';
import { DatabaseModule } from '../../../src/platform/database/database.module.js';
import { TransactionRunner } from '../../../src/platform/database/transaction-runner.js';
import { PlatformModule } from '../../../src/platform/platform.module.js';
import type {
  DelayedJobHandler,
  LeasedJob,
} from '../../../src/platform/queue/delayed/delayed-job.js';
import { DelayedJobs } from '../../../src/platform/queue/delayed/delayed-jobs.js';
import type { DelayedJob } from '../../../src/platform/queue/delayed/insert-job.js';
import { JobQueue } from '../../../src/platform/queue/delayed/job-queue.js';
import { BullWorker } from '../../../src/platform/queue/bull/bull-worker.js';
import { InProcessWorker } from '../../../src/platform/queue/in-process/in-process-worker.js';
import { type JobKind, JobKinds, THREE_ATTEMPTS } from '../../../src/platform/queue/job-kind.js';
import { JobRegistry } from '../../../src/platform/queue/job-registry.js';
import { QueueModule } from '../../../src/platform/queue/queue.module.js';
import { selectBackend } from '../../../src/platform/queue/select-backend.js';
import { Clock } from '../../../src/platform/time/clock.js';
import { createTestDatabase, databaseEnvironment, ON_POSTGRES } from '../data/test-database.js';

type Work = (job: LeasedJob, signal: AbortSignal) => Promise<void> | void;

/** A kind of delayed job with a unique name, and therefore its own Bull queue. */
export function newKind(): JobKind {
  return { name: `test-${randomUUID()}`, retry: THREE_ATTEMPTS };
}

export interface QueueAppOptions {
  readonly kind: JobKind;
  readonly dataDirectory: string;
  readonly clock?: Clock;
  readonly work?: Work;
}

/**
 * The queue with one kind of delayed job and no feature of the program. In the project `postgres`, the
 * messages go through Redis.
 */
export class QueueApp implements AsyncDisposable {
  private constructor(
    private readonly app: INestApplicationContext,
    private readonly kind: JobKind,
  ) {}

  static async start(options: QueueAppOptions): Promise<QueueApp> {
    const { kind, dataDirectory, clock = new Clock(), work = () => undefined } = options;
    await createTestDatabase(dataDirectory);
    const configuration = readConfiguration({
      DATA_DIR: dataDirectory,
      ...databaseEnvironment(dataDirectory),
      ...(ON_POSTGRES && { REDIS_URL: inject('redisUrl') }),
    });
    const kinds = new JobKinds([kind]);
    const handler: DelayedJobHandler = { kind, run: async (job, signal) => work(job, signal) };
    const { workers } = await selectBackend(configuration, kinds);
    const registry = {
      provide: JobRegistry,
      inject: [DelayedJobs],
      useFactory: (jobs: DelayedJobs) => new JobRegistry(kinds, [jobs.handlerOf(handler)]),
    };
    @Module({
      imports: [
        PlatformModule.forRoot(configuration, clock),
        DatabaseModule.forRoot(ENTITIES),
        QueueModule.forRoot(configuration, kinds),
        ScheduleModule.forRoot(),
      ],
      providers: [registry, ...workers],
    })
    class QueueAppModule {}
    const app = await NestFactory.createApplicationContext(QueueAppModule, { logger: false });
    return new QueueApp(app, kind);
  }

  schedule(job: Partial<Omit<DelayedJob, 'kind'>> & Pick<DelayedJob, 'runAt'>): Promise<boolean> {
    const queue = this.app.get(JobQueue);
    return this.transactions.run((tx) =>
      queue.schedule(tx, { payload: { v: 1 }, ...job, kind: this.kind }),
    );
  }

  cancel(key: string): Promise<boolean> {
    const queue = this.app.get(JobQueue);
    return this.transactions.run((tx) => queue.cancel(tx, { kind: this.kind, key }));
  }

  /** Reconciles, as the worker does every 15 seconds. */
  reconcile(): Promise<void> {
    return this.app
      .get<InProcessWorker | BullWorker>(ON_POSTGRES ? BullWorker : InProcessWorker)
      .reconcile();
  }

  deleteFinished(): Promise<void> {
    return this.app.get(DelayedJobs).deleteFinished();
  }

  get transactions(): TransactionRunner {
    return this.app.get(TransactionRunner);
  }

  get queue(): JobQueue {
    return this.app.get(JobQueue);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.app.close();
  }
}
