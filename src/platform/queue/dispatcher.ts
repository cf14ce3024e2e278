import type { JobMessage } from './job-kind.js';

/** Has a job's row processed in the background, in this process or another one. */
export abstract class Dispatcher {
  /**
   * Call it after the commit that stores the row. Never rejects: reconciliation finds a row whose
   * message was lost. Dispatching a row twice does no harm.
   */
  abstract dispatch(message: JobMessage): Promise<void>;
}
