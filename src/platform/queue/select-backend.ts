import type { Configuration } from '../config/configuration.js';
import { inProcessBackend } from './in-process/in-process-backend.js';
import type { JobKinds } from './job-kind.js';
import type { QueueBackend } from './queue-backend.js';

/** Bull if Redis is configured; otherwise jobs run in the process that dispatches them. */
export async function selectBackend(
  { redisUrl }: Configuration,
  kinds: JobKinds,
): Promise<QueueBackend> {
  if (redisUrl === undefined) return inProcessBackend();
  // Imported on demand: Bull takes 7 MiB of memory and delays the start.
  const { bullBackend } = await import('./bull/bull-backend.js');
  return bullBackend(kinds);
}
