import { Logger } from '@nestjs/common';
import type { Metrics } from '../observability/metrics.js';
import type { Dispatcher } from './dispatcher.js';
import { FailureRecorded, type JobHandler } from './job-handler.js';

const logger = new Logger('Jobs');

interface Attempt {
  readonly handler: JobHandler;
  readonly id: string;
  readonly signal: AbortSignal;
  readonly dispatcher: Dispatcher;
  readonly metrics: Metrics;
}

/**
 * Makes one attempt at a job's row, counts its outcome, and dispatches the job that follows.
 * @throws the handler's error, uncounted, if the dispatcher has to retry or fail the job
 */
export async function runAttempt(attempt: Attempt): Promise<void> {
  const { handler, id, signal, dispatcher, metrics } = attempt;
  const { name } = handler.kind;
  try {
    const next = await handler.process(id, signal);
    metrics.countJob(name, 'succeeded');
    if (next) await dispatcher.dispatch(next);
  } catch (error) {
    if (!(error instanceof FailureRecorded)) throw error;
    metrics.countJob(name, error.retry ? 'retried' : 'failed');
    logger.warn(`${name} ${id}: an attempt failed: ${error.message}`);
    if (error.retry) await dispatcher.dispatch(error.retry);
  }
}
