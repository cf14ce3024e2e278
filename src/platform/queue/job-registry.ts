import type { JobHandler } from './job-handler.js';
import type { JobKind, JobKinds } from './job-kind.js';

/** The handler of each kind of job. */
export class JobRegistry {
  /** @throws Error, which prevents the start, if a kind of job has no handler or two */
  constructor(
    kinds: JobKinds,
    readonly handlers: readonly JobHandler[],
  ) {
    for (const name of kinds.names) {
      const count = handlers.filter(({ kind }) => kind.name === name).length;
      if (count !== 1) throw new Error(`The job "${name}" has ${count} handlers instead of one`);
    }
  }

  get({ name }: JobKind): JobHandler {
    const handler = this.handlers.find(({ kind }) => kind.name === name);
    if (!handler) throw new Error(`The job "${name}" has no handler`);
    return handler;
  }
}
