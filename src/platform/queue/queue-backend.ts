import type { DynamicModule, Provider } from '@nestjs/common';

/** What carries a job's message to the process that runs its handler. */
export interface QueueBackend {
  readonly imports: readonly DynamicModule[];
  /** In every process, among them the Dispatcher. */
  readonly providers: readonly Provider[];
  /** Only in processes that run job handlers. */
  readonly workers: readonly Provider[];
}
