import type { JobMessage } from './job-kind.js';

/** Starts the processing of a job's row in the background, in this process or another one. */
export abstract class Dispatcher {
  /**
   * Sends the message to a worker. Call this method after the commit that stores the job's row. Never
   * rejects: reconciliation finds a row whose message was lost. Dispatching a row twice does no harm.
   */
  abstract dispatch(message: JobMessage): Promise<void>;
}
