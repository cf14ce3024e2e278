import { CodedError } from '../platform/errors/coded-error.js';

/** It is not a token of an account, so logging in would not help. */
export class MetricsTokenWrong extends CodedError {
  readonly code = 'TOKEN_INVALID';
  constructor() {
    super('The token is wrong; send the value of METRICS_TOKEN.');
  }
}
