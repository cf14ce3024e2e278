import { type FlaskReservationRow, isId } from '../source/rows.js';
import { readBookingInstants } from './booking-instants.js';

interface ActiveBooking {
  readonly id: number;
  readonly spotId: number;
  readonly userId: number;
  readonly parkedAt: number;
}

/** Ids of the spots and accounts in the file. A booking of another spot or account could not be released. */
interface Known {
  readonly spots: ReadonlySet<number>;
  readonly accounts: ReadonlySet<number>;
}

/** Determines which active bookings of the file stay active. Its memory use grows with their number. */
export class ActiveBookings {
  /** Maps a booking that does not stay active to its end. */
  private readonly endings = new Map<number, number>();
  private readonly staying = new Set<number>();
  /** Ids of the spots of bookings that stay active. */
  readonly occupied = new Set<number>();

  /**
   * If a spot or a driver has several active bookings, the newest stays active and each older one ends
   * when the next newer one began. Bookings of a missing spot or driver are ignored.
   */
  constructor(rows: Iterable<FlaskReservationRow>, known: Known) {
    const nextOnSpot = new Map<number, number>();
    const nextOfUser = new Map<number, number>();
    for (const { id, spotId, userId, parkedAt } of newestFirst(rows, known)) {
      const nexts = [nextOnSpot.get(spotId), nextOfUser.get(userId)];
      const ending = Math.min(...nexts.map((next) => next ?? Number.POSITIVE_INFINITY));
      if (Number.isFinite(ending)) this.endings.set(id, ending);
      else this.stay(id, spotId);
      nextOnSpot.set(spotId, parkedAt);
      nextOfUser.set(userId, parkedAt);
    }
  }

  isStaying(id: number): boolean {
    return this.staying.has(id);
  }

  /** The instant at which a newer booking ended this booking; undefined if no newer one did. */
  endingOf(id: number): number | undefined {
    return this.endings.get(id);
  }

  private stay(id: number, spotId: number): void {
    this.staying.add(id);
    this.occupied.add(spotId);
  }
}

function newestFirst(rows: Iterable<FlaskReservationRow>, known: Known): readonly ActiveBooking[] {
  const active: ActiveBooking[] = [];
  for (const row of rows) {
    const { id, spot_id: spotId, user_id: userId } = row;
    const parkedAt = readBookingInstants(row).parked?.at;
    // Rows with a duplicate or invalid id are refused in a later step.
    if (!isId(id) || id === active.at(-1)?.id || parkedAt === undefined) continue;
    if (!isId(spotId) || !known.spots.has(spotId)) continue;
    if (!isId(userId) || !known.accounts.has(userId)) continue;
    active.push({ id, spotId, userId, parkedAt });
  }
  return active.sort((a, b) => b.parkedAt - a.parkedAt || b.id - a.id);
}
