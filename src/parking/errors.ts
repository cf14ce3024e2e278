import { CodedError } from '../platform/errors/coded-error.js';

/** The driver's account was erased while the request ran. */
export class DriverErased extends CodedError {
  readonly code = 'TOKEN_REVOKED';
  constructor() {
    super('The account has been deleted, and its tokens are revoked.');
  }
}

export class LotNotFound extends CodedError {
  readonly code = 'LOT_NOT_FOUND';
  constructor(lotId: number) {
    super(`There is no parking lot ${lotId}.`);
  }
}

export class LotFull extends CodedError {
  readonly code = 'LOT_FULL';
  constructor(lotId: number) {
    super(`Parking lot ${lotId} has no free spot.`);
  }
}
