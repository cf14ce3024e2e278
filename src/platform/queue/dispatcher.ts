import type { JobName } from './jobs.js';

/** Has a row's work done in the background. The engine behind it is the only thing that knows how. */
export abstract class Dispatcher {
  /** To be called after the commit that made the row. Dispatching the same row twice is harmless. */
  abstract dispatch(name: JobName, id: string): Promise<void>;
}
