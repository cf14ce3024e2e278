import type { DynamicModule, Provider } from '@nestjs/common';

/** What carries the work from where it is asked for to where it is done. */
export interface QueueBackend {
  readonly imports: readonly DynamicModule[];
  readonly providers: readonly Provider[];
  /** Only where the work is done. */
  readonly workers: readonly Provider[];
}
