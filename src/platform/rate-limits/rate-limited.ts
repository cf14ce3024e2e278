import { CodedError } from '../errors/coded-error.js';
import type { Quota } from './quota.js';

/** A rate limit is exceeded; the request may be repeated after its window. */
export class RateLimited extends CodedError {
  readonly code = 'RATE_LIMITED';

  constructor(readonly quota: Quota) {
    super(`${quota.policy.refusal}; try again in ${inWords(quota.resetSeconds)}.`);
  }
}

function inWords(seconds: number): string {
  if (seconds <= 90) return seconds === 1 ? '1 second' : `${seconds} seconds`;
  return `${Math.ceil(seconds / 60)} minutes`;
}
