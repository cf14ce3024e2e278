/** Half-open, in milliseconds since 1970 UTC. */
export interface Window {
  readonly from: number;
  readonly until: number;
}

/** A car on its spot, and when its claim ends, which is after now. */
export interface ParkedCar {
  readonly spotId: number;
  readonly until: number;
}

/** A booking that is not checked in. */
export interface PlannedBooking extends Window {
  readonly id: number;
  /** The spot in the current plan; null if there is none. */
  readonly spotId: number | null;
}

/** What claims the spots of a lot from now on. */
export interface LotClaims {
  /** Ids of the spots, by number. */
  readonly spots: readonly number[];
  readonly parked: readonly ParkedCar[];
  readonly bookings: readonly PlannedBooking[];
}

export function inOrderOfStart(bookings: readonly PlannedBooking[]): readonly PlannedBooking[] {
  return bookings.toSorted((a, b) => a.from - b.from || a.id - b.id);
}
