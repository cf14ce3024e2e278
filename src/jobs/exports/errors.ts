import { CodedError } from '../../platform/errors/coded-error.js';

/** Also thrown for another driver's export and for one whose retention has ended. */
export class ExportNotFound extends CodedError {
  readonly code = 'EXPORT_NOT_FOUND';
  constructor() {
    super('You have no such export; request a new one.');
  }
}

export class ExportNotReady extends CodedError {
  readonly code = 'EXPORT_NOT_READY';
  constructor(status: string) {
    super(
      status === 'failed'
        ? 'The export has failed; request a new one.'
        : `The export is ${status}; download it when its status is completed.`,
    );
  }
}

/** Also thrown if a newer export has replaced the file. */
export class ExportExpired extends CodedError {
  readonly code = 'EXPORT_EXPIRED';
  constructor() {
    super('The export has expired, or a newer one has replaced it; request a new one.');
  }
}
