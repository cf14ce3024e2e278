import { CodedError } from '../platform/errors/coded-error.js';

/** The driver's account was erased while the request ran. */
export class DriverErased extends CodedError {
  readonly code = 'TOKEN_REVOKED';
  constructor() {
    super('The account has been deleted, and its tokens are revoked.');
  }
}

/** An account cannot be deleted before its bookings are over. */
export class LiveBooking extends CodedError {
  readonly code = 'LIVE_BOOKING';
  constructor(reservationId: number) {
    super(`The booking ${reservationId} is not over; release or cancel it first.`);
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

/** A lot cannot be deleted while it has live bookings. */
export class LotOccupied extends CodedError {
  readonly code = 'LOT_OCCUPIED';
  constructor(lotId: number, occupied: number) {
    super(
      `Parking lot ${lotId} has parked cars and bookings: ${occupied}. It can be deleted when they are over.`,
    );
  }
}

export class TooFewSpots extends CodedError {
  readonly code = 'TOO_FEW_SPOTS';
  constructor(lotId: number, occupied: number) {
    super(
      `Parking lot ${lotId} has occupied or claimed spots: ${occupied}. It cannot have fewer spots than that.`,
    );
  }
}

export class AlreadyParked extends CodedError {
  readonly code = 'ALREADY_PARKED';
  constructor() {
    super('You have an active booking; release it before you book again.');
  }
}

/** The price of a lot with a tariff follows from the tariff. */
export class LotHasTariff extends CodedError {
  readonly code = 'LOT_HAS_TARIFF';
  constructor(lotId: number) {
    super(
      `Parking lot ${lotId} has a tariff, which determines its price: change the tariff, or delete it first.`,
    );
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

/** A booking has a receipt once it is over. */
export class BookingNotOver extends CodedError {
  readonly code = 'BOOKING_NOT_OVER';
  constructor(reservationId: number) {
    super(`Booking ${reservationId} is not over; it gets its receipt when it is released.`);
  }
}

/** The driver has another live booking at that time. */
export class BookingOverlaps extends CodedError {
  readonly code = 'BOOKING_OVERLAPS';
  constructor(otherId: number) {
    super(`Your booking ${otherId} covers part of this time; change or cancel it first.`);
  }
}

/** The booking's status does not allow the request. */
export class WrongStatus extends CodedError {
  readonly code = 'WRONG_STATUS';
  constructor(reservationId: number, status: string) {
    super(`Booking ${reservationId} is ${status.replace('_', '-')}, which does not allow this.`);
  }
}

export class HoldExpired extends CodedError {
  readonly code = 'HOLD_EXPIRED';
  constructor(reservationId: number) {
    super(`The hold of booking ${reservationId} has expired; book again.`);
  }
}

/** @param from when checking in is possible */
export class TooEarly extends CodedError {
  readonly code = 'TOO_EARLY';
  constructor(reservationId: number, from: number) {
    super(`You can check in for booking ${reservationId} from ${new Date(from).toISOString()}.`);
  }
}

/** Changing is possible while cancelling is free. */
export class TooLate extends CodedError {
  readonly code = 'TOO_LATE';
  constructor(reservationId: number, until: number) {
    super(`Booking ${reservationId} could be changed before ${new Date(until).toISOString()}.`);
  }
}

/** A plate can be corrected until 24 hours after the end of its booking. */
export class VehicleTooLate extends CodedError {
  readonly code = 'TOO_LATE';
  constructor(reservationId: number, until: number) {
    super(
      `The plate of booking ${reservationId} could be corrected before ${new Date(until).toISOString()}.`,
    );
  }
}

export class VehicleNotFound extends CodedError {
  readonly code = 'VEHICLE_NOT_FOUND';
  constructor(vehicleId: number) {
    super(`You have no vehicle ${vehicleId}.`);
  }
}

export class TooManyVehicles extends CodedError {
  readonly code = 'TOO_MANY_VEHICLES';
  constructor(max: number) {
    super(`An account has at most ${max} vehicles; remove one before you add another.`);
  }
}

/** The message does not reveal whose plate it is. */
export class PlateTaken extends CodedError {
  readonly code = 'PLATE_TAKEN';
  constructor(plate: string) {
    super(
      `You list the plate ${plate} already, or another account opens gates with it; send "opens_gates": false to list it without.`,
    );
  }
}

export class SpotOccupied extends CodedError {
  readonly code = 'SPOT_OCCUPIED';
  constructor(lotId: number) {
    super(
      `No spot of parking lot ${lotId} is free yet: a car has not left, or an earlier booking may still arrive.`,
    );
  }
}

export class GateNotFound extends CodedError {
  readonly code = 'GATE_NOT_FOUND';
  constructor(gateId: number) {
    super(`There is no gate ${gateId}.`);
  }
}

export class TooManyGates extends CodedError {
  readonly code = 'TOO_MANY_GATES';
  constructor(lotId: number, max: number) {
    super(`Parking lot ${lotId} has ${max} gates, the most that a lot may have.`);
  }
}

/** The gate's key was replaced, or the gate was deleted, while the request ran. */
export class GateReplaced extends CodedError {
  readonly code = 'TOKEN_REVOKED';
  constructor() {
    super('The key of the gate is not valid any more; an operator can issue a new one.');
  }
}

export class WrongDirection extends CodedError {
  readonly code = 'WRONG_DIRECTION';
  constructor(gateId: number, direction: string) {
    super(`Gate ${gateId} is for cars that go ${direction}.`);
  }
}
