import { Dispatcher } from '../dispatcher.js';
import type { QueueBackend } from '../queue-backend.js';
import { InProcessDispatcher } from './in-process-dispatcher.js';
import { InProcessWorker } from './in-process-worker.js';

/** Runs every job in this process. */
export function inProcessBackend(): QueueBackend {
  return {
    imports: [],
    providers: [InProcessDispatcher, { provide: Dispatcher, useExisting: InProcessDispatcher }],
    workers: [InProcessWorker],
  };
}
