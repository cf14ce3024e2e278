import { CodedError, ValidationFailed } from '../platform/errors/coded-error.js';

/** Thrown after an upgrade or an import, until a job has summed the hours of the past. */
export class AnalyticsNotReady extends CodedError {
  readonly code = 'ANALYTICS_NOT_READY';
  constructor() {
    super('Past bookings are still being summed. Try again in a few seconds.');
  }
}

/** A file or a report would have too many rows. */
export class RangeTooLarge extends ValidationFailed {
  constructor(maximum: number) {
    const message = `until must give at most ${maximum} rows: use fewer days, one lot, or longer periods`;
    super([{ field: 'until', message }]);
  }
}
