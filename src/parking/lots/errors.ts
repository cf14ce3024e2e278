import { CodedError } from '../../platform/errors/coded-error.js';

/** A lot cannot be deleted while it has live bookings. */
export class LotOccupied extends CodedError {
  readonly code = 'LOT_OCCUPIED';
  constructor(lotId: number, occupied: number) {
    super(
      `Parking lot ${lotId} has bookings that are not over (${occupied}); release or cancel them first.`,
    );
  }
}

export class TooFewSpots extends CodedError {
  readonly code = 'TOO_FEW_SPOTS';
  constructor(lotId: number, occupied: number) {
    super(
      `Parking lot ${lotId} cannot have fewer than ${occupied} spots, because that many are occupied or claimed.`,
    );
  }
}

/** A lot with a tariff accepts only its current price: a client may repeat it, but not change it. */
export class LotHasTariff extends CodedError {
  readonly code = 'LOT_HAS_TARIFF';
  constructor(lotId: number) {
    super(
      `Parking lot ${lotId} has a tariff, which determines its price: change the tariff, or delete it first.`,
    );
  }
}
