import type { Tx } from '../../platform/database/tx.js';

/** How many spots of a locked lot are added or retired, and when. */
export interface SpotChange {
  readonly lotId: number;
  readonly count: number;
  readonly now: Date;
}

/**
 * Keeps a lot's number of spots and its bookings consistent. `ClaimedCapacity` implements it, so that
 * this folder does not depend on bookings.
 */
export abstract class LotCapacity {
  /** Settles the locked lot as of now, and returns that instant. */
  abstract settle(tx: Tx, lotId: number): Promise<Date>;

  /** Settles the locked lot. @throws LotOccupied if it has live bookings */
  abstract assertNoBookings(tx: Tx, lotId: number): Promise<void>;

  /** Adds spots, which bookings at risk may need. The lot must be settled. */
  abstract addSpots(tx: Tx, change: SpotChange): Promise<void>;

  /**
   * Retires `count` spots without a parked car, the highest numbers first, and moves the bookings that
   * claim them. The lot must be settled.
   * @throws TooFewSpots if fewer would remain than are claimed at some moment
   */
  abstract retireSpots(tx: Tx, change: SpotChange): Promise<void>;
}
