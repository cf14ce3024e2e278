import type { JobHandler } from './job-handler.js';
import { type JobName, JOBS } from './jobs.js';

/** Knows the one handler of each job. */
export class JobRegistry {
  /** @throws Error, which stops the start, where a job has no handler or two. */
  constructor(readonly handlers: readonly JobHandler[]) {
    for (const name of Object.keys(JOBS)) {
      const count = handlers.filter((handler) => handler.name === name).length;
      if (count !== 1) throw new Error(`The job "${name}" has ${count} handlers instead of one`);
    }
  }

  get(name: JobName): JobHandler {
    const handler = this.handlers.find((candidate) => candidate.name === name);
    if (!handler) throw new Error(`The job "${name}" has no handler`);
    return handler;
  }
}
