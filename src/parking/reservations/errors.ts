import { CodedError } from '../../platform/errors/coded-error.js';

/** An account cannot be deleted before its bookings are over. */
export class LiveBooking extends CodedError {
  readonly code = 'LIVE_BOOKING';
  constructor(reservationId: number) {
    super(`The booking ${reservationId} is not over; release or cancel it first.`);
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

export class SpotOccupied extends CodedError {
  readonly code = 'SPOT_OCCUPIED';
  constructor(lotId: number) {
    super(
      `No spot of parking lot ${lotId} is free yet: a car has not left, or an earlier booking may still arrive.`,
    );
  }
}
