import { CodedError } from '../platform/errors/coded-error.js';

/** The metrics token belongs to no account, so logging in would not help. */
export class MetricsTokenWrong extends CodedError {
  readonly code = 'TOKEN_INVALID';
  constructor() {
    super('The token is wrong; send the value of METRICS_TOKEN.');
  }
}
