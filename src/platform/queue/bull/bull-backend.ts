import { BullModule } from '@nestjs/bull';
import type { DynamicModule } from '@nestjs/common';
import { Configuration } from '../../config/configuration.js';
import { BullDispatcher } from './bull-dispatcher.js';
import { BullWorker } from './bull-worker.js';
import { Dispatcher } from '../dispatcher.js';
import type { QueueBackend } from '../queue-backend.js';
import { JOBS } from '../jobs.js';
import { QueueMetrics } from './queue-metrics.js';

/** A worker that has not said so for this long is taken for dead; in milliseconds. */
const LOCK_DURATION = 10_000;

/** Work goes through Redis to whichever worker is free. To be imported only where there is a Redis. */
export function bullBackend(): QueueBackend {
  return {
    imports: bullQueues(),
    providers: [BullDispatcher, QueueMetrics, { provide: Dispatcher, useExisting: BullDispatcher }],
    workers: [BullWorker],
  };
}

/** One Bull queue per kind of work, in the Redis of `REDIS_URL`, under one prefix. */
function bullQueues(): DynamicModule[] {
  return [
    BullModule.forRootAsync({
      inject: [Configuration],
      useFactory: ({ redisUrl }: Configuration) => ({
        url: redisUrl,
        prefix: 'vpms:jobs',
        settings: {
          lockDuration: LOCK_DURATION,
          stalledInterval: LOCK_DURATION / 2,
          // A row may outlive many workers; what kills them all is seen in the log.
          maxStalledCount: 10,
        },
      }),
    }),
    ...Object.entries(JOBS).map(([name, { attempts, firstPause }]) =>
      BullModule.registerQueue({
        name,
        defaultJobOptions: {
          attempts,
          backoff: { type: 'exponential', delay: firstPause },
          // The row remembers; here only what is still to be done.
          removeOnComplete: true,
          removeOnFail: true,
        },
      }),
    ),
  ];
}
