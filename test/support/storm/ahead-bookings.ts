import type { HttpResponse } from '../http/clients/http-client.js';
import { anyOf, type Dice } from './dice.js';

/** The transitions of a booking ahead that happen at most once. */
export const ONCE = ['confirm', 'check-in', 'cancel', 'release'] as const;
export type OnceEvent = (typeof ONCE)[number];

type Booking = HttpResponse['body'];

/** The transitions that are possible after a status. */
const POSSIBLE: Readonly<Record<string, readonly OnceEvent[]>> = {
  held: ['confirm', 'cancel', 'confirm'],
  reserved: ['check-in', 'cancel', 'check-in'],
  active: ['release'],
};

/** A transition that is possible after the status; in one of four cases, any transition. */
export function likelyEvent(roll: Dice, status: string | undefined): OnceEvent {
  return anyOf(roll, (roll(4) > 0 && POSSIBLE[status ?? '']) || ONCE);
}

/** The responses that the storm got about one booking ahead. */
interface AheadBooking {
  /** The booking as it was created. */
  readonly created: Booking;
  readonly acknowledged: Partial<Record<OnceEvent, Booking[]>>;
}

/** The bookings ahead of a storm, with every acknowledged transition. */
export class AheadBookings {
  private readonly bookings = new Map<number, AheadBooking>();
  /** The last acknowledged status of each booking that may be live, by id, the newest last. */
  readonly open = new Map<number, string>();

  add(created: Booking): void {
    this.bookings.set(created.id, { created, acknowledged: {} });
    this.open.set(created.id, created.status);
  }

  acknowledge(event: OnceEvent, booking: Booking): void {
    const { acknowledged } = this.bookings.get(booking.id) ?? {};
    if (!acknowledged) throw new Error(`Booking ${booking.id} is unknown`);
    (acknowledged[event] ??= []).push(booking);
    if (event === 'cancel' || event === 'release') this.open.delete(booking.id);
    else this.open.set(booking.id, booking.status);
  }

  get size(): number {
    return this.bookings.size;
  }

  /** The bookings whose final state contradicts the acknowledged transitions, each with the reason. */
  contradictions(final: ReadonlyMap<number, Booking>): string[] {
    return [...this.bookings].flatMap(([id, { created, acknowledged }]) => {
      const booking = final.get(id);
      const explanation = JSON.stringify({ created, acknowledged, booking });
      if (!booking) return [`missing: ${explanation}`];
      const twice = ONCE.filter((event) => (acknowledged[event]?.length ?? 0) > 1);
      const [last] = [...(acknowledged.cancel ?? []), ...(acknowledged.release ?? [])];
      const isWrong =
        !statusesAfter(created, acknowledged).includes(booking.status) ||
        (last && last.parking_cost !== booking.parking_cost);
      return [
        ...twice.map((event) => `${event} twice: ${explanation}`),
        ...(isWrong ? [`wrong: ${explanation}`] : []),
      ];
    });
  }
}

/** The possible statuses after the acknowledged transitions; time alone may have changed the status. */
function statusesAfter(
  created: Booking,
  acknowledged: AheadBooking['acknowledged'],
): readonly string[] {
  const has = (event: OnceEvent) => acknowledged[event] !== undefined;
  if (has('release')) return has('cancel') ? [] : ['completed'];
  if (has('cancel')) return has('check-in') ? [] : ['cancelled'];
  if (has('check-in')) return ['active'];
  return created.status === 'held' && !has('confirm')
    ? ['held', 'expired']
    : ['reserved', 'no_show'];
}
