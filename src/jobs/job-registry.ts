import type { JobHandler, JobName } from './job-handler.js';

const JOB_NAMES: readonly JobName[] = ['export'];

/** Knows the one handler of each job. */
export class JobRegistry {
  readonly handlers: readonly JobHandler[];

  /** @throws Error, which stops the start, where a job has no handler or two. */
  constructor(handlers: readonly JobHandler[]) {
    for (const name of JOB_NAMES) {
      const count = handlers.filter((handler) => handler.name === name).length;
      if (count !== 1) throw new Error(`The job "${name}" has ${count} handlers instead of one`);
    }
    this.handlers = handlers;
  }

  get(name: JobName): JobHandler {
    const handler = this.handlers.find((candidate) => candidate.name === name);
    if (!handler) throw new Error(`The job "${name}" has no handler`);
    return handler;
  }
}
