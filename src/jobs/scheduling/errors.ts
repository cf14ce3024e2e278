import { CodedError } from '../../platform/errors/coded-error.js';

export class JobNotFound extends CodedError {
  readonly code = 'JOB_NOT_FOUND';
  constructor(name: string, known: readonly string[]) {
    super(`There is no job "${name}"; the jobs are ${known.join(' and ')}.`);
  }
}

export class PeriodCompleted extends CodedError {
  readonly code = 'PERIOD_COMPLETED';
  constructor(name: string, period: string) {
    super(`${name} is completed for ${period} and does not run twice for it.`);
  }
}
