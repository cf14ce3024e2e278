import { CodedError } from '../platform/errors/coded-error.js';
import { idText } from '../platform/errors/error-text.js';

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
    super(`There is no parking lot ${idText(lotId)}.`);
  }
}

interface FullWindow {
  /** In ms since 1970 UTC. */
  readonly from: number;
  readonly until: number;
}

/** @param window the window of a booking ahead; omitted for a walk-in */
export class LotFull extends CodedError {
  readonly code = 'LOT_FULL';
  constructor(lotId: number, window?: FullWindow) {
    const when = window ? ` from ${iso(window.from)} until ${iso(window.until)}` : '';
    super(`Parking lot ${lotId} has no free spot${when}.`);
  }
}

function iso(instant: number): string {
  return new Date(instant).toISOString();
}
