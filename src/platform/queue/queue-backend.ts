import type { DynamicModule, Provider } from '@nestjs/common';

/** Carries a job's message to the process that runs its handler. */
export interface QueueBackend {
  readonly imports: readonly DynamicModule[];
  /** Providers for every process, including the Dispatcher. */
  readonly providers: readonly Provider[];
  /** Providers for the processes that run job handlers. */
  readonly workers: readonly Provider[];
}
