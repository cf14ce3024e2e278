import { BullModule } from '@nestjs/bull';
import type { DynamicModule } from '@nestjs/common';
import { Configuration } from '../../config/configuration.js';
import { Dispatcher } from '../dispatcher.js';
import type { JobKinds } from '../job-kind.js';
import type { QueueBackend } from '../queue-backend.js';
import { BullDispatcher } from './bull-dispatcher.js';
import { BullWorker } from './bull-worker.js';
import { QueueMetrics } from './queue-metrics.js';

/** A worker that has not renewed its lock for this long counts as dead; in milliseconds. */
const LOCK_DURATION = 10_000;

/** Sends jobs through Redis to any worker that is free. */
export function bullBackend(kinds: JobKinds): QueueBackend {
  return {
    imports: bullQueues(kinds),
    providers: [BullDispatcher, QueueMetrics, { provide: Dispatcher, useExisting: BullDispatcher }],
    workers: [BullWorker],
  };
}

/** One Bull queue per kind of job, in the Redis of `REDIS_URL`, under one prefix. */
function bullQueues(kinds: JobKinds): DynamicModule[] {
  return [
    BullModule.forRootAsync({
      inject: [Configuration],
      useFactory: ({ redisUrl }: Configuration) => ({
        url: redisUrl,
        prefix: 'vpms:jobs',
        settings: {
          lockDuration: LOCK_DURATION,
          stalledInterval: LOCK_DURATION / 2,
          // The maximum is high, because several workers may stop during a long job. The log shows
          // a job that crashes them.
          maxStalledCount: 10,
        },
      }),
    }),
    ...kinds.list.map(({ name, retry }) =>
      BullModule.registerQueue({
        name,
        defaultJobOptions: {
          attempts: retry.attempts,
          backoff: { type: 'exponential', delay: retry.firstPause },
          // The row stores the outcome. A stored id would block the next dispatch.
          removeOnComplete: true,
          removeOnFail: true,
        },
      }),
    ),
  ];
}
