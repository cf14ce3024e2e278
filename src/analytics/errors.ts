import { CodedError, ValidationFailed } from '../platform/errors/coded-error.js';

/** Thrown after an upgrade or an import, until a job has summed the hours of the past. */
export class AnalyticsNotReady extends CodedError {
  readonly code = 'ANALYTICS_NOT_READY';
  constructor() {
    super('Past bookings are still being summed; try again in a few seconds.');
  }
}

/** A file or a report would have too many rows. */
export class RangeTooLarge extends ValidationFailed {
  constructor(maximum: number) {
    const message = `until must be earlier (or choose one lot, or longer periods): the result has more than ${maximum} rows`;
    super([{ field: 'until', message }]);
  }
}
