import { type FlaskReservationRow, isId } from '../source/rows.js';
import { readBookingInstants } from './booking-instants.js';

interface ActiveBooking {
  readonly id: number;
  readonly spotId: number;
  readonly userId: number;
  readonly parkedAt: number;
}

/** Spots and accounts that the file still has; the others cannot be released from, or by. */
interface Known {
  readonly spots: ReadonlySet<number>;
  readonly accounts: ReadonlySet<number>;
}

/** Which of the file's active bookings stay so. As large as there are active ones. */
export class ActiveBookings {
  /** Those that end: when the next one on the spot, or of the driver, began. */
  private readonly endings = new Map<number, number>();
  private readonly staying = new Set<number>();
  /** The spots of those that stay active. */
  readonly occupied = new Set<number>();

  /**
   * Of several on a spot, or of a driver, the newest stays, and each older one ends when the next
   * newer one began. One on a spot or of a driver that is gone counts in none of this.
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

  /** When it ended because of a newer one; undefined where no newer one took its place. */
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
    // Rows of one id twice, or of an unreadable one, are refused later on.
    if (!isId(id) || id === active.at(-1)?.id || parkedAt === undefined) continue;
    if (!isId(spotId) || !known.spots.has(spotId)) continue;
    if (!isId(userId) || !known.accounts.has(userId)) continue;
    active.push({ id, spotId, userId, parkedAt });
  }
  return active.sort((a, b) => b.parkedAt - a.parkedAt || b.id - a.id);
}
