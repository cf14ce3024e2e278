import { CodedError } from '../../platform/errors/coded-error.js';

export class ReportNotFound extends CodedError {
  readonly code = 'REPORT_NOT_FOUND';
  constructor(period: string) {
    super(`You have no report for ${period}; reports are made on the 1st for the month before.`);
  }
}
