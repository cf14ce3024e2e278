import { CodedError } from '../../platform/errors/coded-error.js';
import { idText } from '../../platform/errors/error-text.js';

/** An account cannot be deleted before its bookings are over. */
export class LiveBooking extends CodedError {
  readonly code = 'LIVE_BOOKING';
  constructor(reservationId: number) {
    super(`Booking ${reservationId} is not over; release or cancel it first.`);
  }
}

export class AlreadyParked extends CodedError {
  readonly code = 'ALREADY_PARKED';
  constructor() {
    super('You have an active booking; release it before you book again.');
  }
}

/** A driver or an operator checks in a booking while the driver is parked. */
export class ParkedElsewhere extends CodedError {
  readonly code = 'ALREADY_PARKED';
  constructor(reservationId: number) {
    super(
      `Booking ${reservationId} cannot be checked in while its driver has an active booking; release that one first.`,
    );
  }
}

/** Also thrown for another driver's booking, so that its existence is not revealed. */
export class BookingNotFound extends CodedError {
  readonly code = 'BOOKING_NOT_FOUND';
  constructor(reservationId: number) {
    super(`You have no booking ${idText(reservationId)}.`);
  }
}

/** For operators, who see the bookings of all drivers. */
export class NoSuchBooking extends CodedError {
  readonly code = 'BOOKING_NOT_FOUND';
  constructor(reservationId: number) {
    super(`There is no booking ${idText(reservationId)}.`);
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
    super(`Booking ${reservationId} is not over; it gets its receipt when it ends.`);
  }
}

/** The driver has another live booking at that time. */
export class BookingOverlaps extends CodedError {
  readonly code = 'BOOKING_OVERLAPS';
  constructor({ id, status }: { readonly id: number; readonly status: string }) {
    const remedy = status === 'active' ? 'release' : 'change or cancel';
    super(`Your booking ${id} covers part of this time; ${remedy} it first.`);
  }
}

/** The booking's status does not allow the request. */
export class WrongStatus extends CodedError {
  readonly code = 'WRONG_STATUS';
  constructor(reservationId: number, status: string) {
    super(`Booking ${reservationId} has the status ${status}, which does not allow this request.`);
  }
}

export class HoldExpired extends CodedError {
  readonly code = 'HOLD_EXPIRED';
  constructor(reservationId: number) {
    super(`The hold of booking ${reservationId} has expired; book again.`);
  }
}

/** @param from when check-in becomes possible, in ms */
export class TooEarly extends CodedError {
  readonly code = 'TOO_EARLY';
  constructor(reservationId: number, from: number) {
    super(`Check-in for booking ${reservationId} begins at ${new Date(from).toISOString()}.`);
  }
}

/** Changing is possible while cancelling is free. */
export class TooLate extends CodedError {
  readonly code = 'TOO_LATE';
  constructor(reservationId: number, until: number) {
    super(
      `Booking ${reservationId} could only be changed before ${new Date(until).toISOString()}.`,
    );
  }
}

/** A plate can be corrected until 24 hours after the end of its booking. */
export class VehicleTooLate extends CodedError {
  readonly code = 'TOO_LATE';
  constructor(reservationId: number, until: number) {
    super(
      `The plate of booking ${reservationId} could only be corrected before ${new Date(until).toISOString()}.`,
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
