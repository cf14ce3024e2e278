import { CodedError } from '../errors/coded-error.js';
import type { ProblemCode } from '../errors/problem-codes.js';

/** The first request with the key is still running. */
export class IdempotencyKeyInUse extends CodedError {
  readonly code = 'IDEMPOTENCY_KEY_IN_USE';
  constructor() {
    super('A request with this Idempotency-Key is in progress; try again in a moment.');
  }
}

/** The key was used with another body, so neither response would be right. */
export class IdempotencyKeyReused extends CodedError {
  readonly code = 'IDEMPOTENCY_KEY_REUSED';
  constructor() {
    super('This Idempotency-Key was used with another body; use a new key for a new request.');
  }
}

/** The error of the first request with the key, replayed. */
export class ReplayedError extends CodedError {
  constructor(
    readonly code: ProblemCode,
    message: string,
  ) {
    super(message);
  }
}
