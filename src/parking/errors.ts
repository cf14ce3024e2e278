import { CodedError } from '../platform/errors/coded-error.js';

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

/** A lot cannot be deleted while a vehicle is parked there. */
export class LotOccupied extends CodedError {
  readonly code = 'LOT_OCCUPIED';
  constructor(lotId: number, occupied: number) {
    super(
      `Parking lot ${lotId} has occupied spots: ${occupied}. It can be deleted when they are free.`,
    );
  }
}

export class TooFewSpots extends CodedError {
  readonly code = 'TOO_FEW_SPOTS';
  constructor(lotId: number, occupied: number) {
    super(
      `Parking lot ${lotId} has occupied spots: ${occupied}. It cannot have fewer spots than that.`,
    );
  }
}

export class AlreadyParked extends CodedError {
  readonly code = 'ALREADY_PARKED';
  constructor() {
    super('You have an active booking; release it before you book again.');
  }
}

/** Also thrown for another driver's booking, so that its existence is not revealed. */
export class BookingNotFound extends CodedError {
  readonly code = 'BOOKING_NOT_FOUND';
  constructor(reservationId: number) {
    super(`You have no booking ${reservationId}.`);
  }
}

export class AlreadyReleased extends CodedError {
  readonly code = 'ALREADY_RELEASED';
  constructor(reservationId: number) {
    super(`Booking ${reservationId} is already released.`);
  }
}
