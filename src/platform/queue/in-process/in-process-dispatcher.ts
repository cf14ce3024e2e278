import { Injectable } from '@nestjs/common';
import { Dispatcher } from '../dispatcher.js';
import type { JobMessage } from '../job-kind.js';

/**
 * Passes messages to the worker in this process. Separate from the worker, so that job handlers can
 * depend on services that dispatch jobs.
 */
@Injectable()
export class InProcessDispatcher extends Dispatcher {
  private receive: ((message: JobMessage) => void) | undefined;

  /** Messages that are dispatched before this call are dropped; the worker reconciles when it starts. */
  deliverTo(receive: (message: JobMessage) => void): void {
    this.receive = receive;
  }

  override async dispatch(message: JobMessage): Promise<void> {
    this.receive?.(message);
  }
}
