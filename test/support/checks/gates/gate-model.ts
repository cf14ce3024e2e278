import { DAY, HOUR, MINUTE } from '../../../../src/platform/time/durations.js';
import {
  chargedUntil,
  costOf,
  isOver,
  lapseOf,
  type ModelBooking,
  PRICE,
  startOf,
} from './model-booking.js';

/** A driver of the model, who has added one vehicle. */
export interface ModelDriver {
  readonly plate: string;
  readonly opensGates: boolean;
  /** Undefined if the account is enabled. */
  disabledAt: number | undefined;
}

/** What a camera reports; instants in ms. */
export interface ModelEvent {
  readonly gate: number;
  readonly lot: number;
  readonly direction: 'in' | 'out';
  readonly eventId: string;
  readonly plate: string;
  readonly at: number;
}

export interface ModelDecision {
  readonly reason: string;
  /** The index of the booking in {@link GateModel.bookings}. */
  readonly booking: number | null;
  readonly cost: number | null;
}

interface Received extends ModelEvent {
  readonly receivedAt: number;
  readonly decision: ModelDecision;
  /** The booking of a refused exit, if its entry was received later. */
  matched: number | null;
}

const refuse = (reason: string): ModelDecision => ({ reason, booking: null, cost: null });

/**
 * The rules of docs/gates.md over plain lists, written independently of the program. Lots have room for
 * every booking, or the given number of spots and no bookings ahead.
 */
export class GateModel {
  readonly bookings: ModelBooking[] = [];
  readonly events: Received[] = [];
  private readonly prices: { lot: number; since: number; price: number }[] = [];

  constructor(
    readonly drivers: readonly ModelDriver[],
    private readonly spots: readonly number[],
  ) {}

  /** Decides on the event, which is received at `now`. */
  receive(event: ModelEvent, now: number): ModelDecision {
    const known = this.events.findLast(
      ({ gate, eventId, receivedAt }) =>
        gate === event.gate && eventId === event.eventId && receivedAt > now - 7 * DAY,
    );
    if (known) return known.decision;
    this.lapse(now);
    const parked = this.bookings.filter(({ status }) => status === 'active').length;
    const decision = event.direction === 'in' ? this.enter(event, now) : this.leave(event);
    this.events.push({ ...event, receivedAt: now, decision, matched: null });
    if (event.direction === 'out') {
      const hasEnded = this.bookings.filter(({ status }) => status === 'active').length < parked;
      const entry = hasEnded ? this.nextEntry(event, now) : this.lostEntry(event);
      if (entry) this.enter(entry, now);
    }
    return decision;
  }

  changePrice(lot: number, price: number, since: number): void {
    this.prices.push({ lot, price, since });
  }

  priceOf(lot: number, at: number): number {
    return this.prices.findLast((each) => each.lot === lot && each.since <= at)?.price ?? PRICE;
  }

  /** Reservations of drivers who have not come become no-shows. */
  lapse(now: number): void {
    for (const booking of this.bookings) {
      if (booking.status !== 'reserved' || lapseOf(booking) > now) continue;
      booking.status = 'no_show';
      booking.cost = costOf(booking.price, booking.window?.from ?? 0, booking.window?.until ?? 0);
    }
  }

  private enter(event: ModelEvent, now: number): ModelDecision {
    const { lot, plate, at } = event;
    const holder = this.holderOf(plate);
    const reservations = this.bookings
      .filter(({ status }) => status === 'reserved' || status === 'no_show')
      .filter((each) => each.lot === lot && each.plate === plate && lapseOf(each) > at)
      .filter(({ madeAt }) => madeAt <= at + MINUTE)
      .toSorted((a, b) => startOf(a) - startOf(b));
    const inTime = reservations.filter((each) => at >= startOf(each) - 15 * MINUTE);
    const soon = reservations.filter(
      (each) => !inTime.includes(each) && each.status === 'reserved' && startOf(each) - at < HOUR,
    );
    const concerned = new Set([holder, ...[...inTime, ...soon].map(({ driver }) => driver)]);
    const { earlier, exit } = this.sinceThen(event);
    // If the exit of this arrival is known, only active stays that began before that exit count. Otherwise,
    // all active stays count, and completed stays that began after this entry.
    const parked = this.bookings.filter((each) => {
      if (each.status === 'active') return !exit || (each.parkedAt ?? 0) < exit.at;
      return !exit && each.status === 'completed' && (each.parkedAt ?? 0) > at;
    });
    const here = parked.filter((each) => each.lot === lot).toSorted(this.lastBegunFirst);
    const find = (cars: readonly ModelBooking[]) =>
      cars.find((each) => each.plate === plate && each.driver === holder) ??
      cars.find((each) => each.plate === plate) ??
      cars.find((each) => each.plate === null && concerned.has(each.driver));
    const present =
      find(here.filter(({ status }) => status === 'active')) ??
      earlier ??
      find(here.filter(({ status }) => status === 'completed'));
    if (present) return this.open('ALREADY_IN', present);

    const isParked = (driver: number) => parked.some((each) => each.driver === driver);
    const isEnabled = (driver: number) =>
      (this.drivers[driver]?.disabledAt ?? Infinity) > at + MINUTE;
    const enabled = (each: ModelBooking) => isEnabled(each.driver);
    const reservation = inTime.find(enabled);
    if (reservation) {
      if (isParked(reservation.driver)) return refuse('PARKED_ELSEWHERE');
      return this.park(reservation, { event, now, exit, reason: 'CHECKED_IN' });
    }
    if (soon.some(enabled)) return refuse('TOO_EARLY');
    if (holder === undefined) {
      return refuse(inTime.length + soon.length > 0 ? 'DISABLED_ACCOUNT' : 'UNKNOWN_PLATE');
    }
    if (!isEnabled(holder)) return refuse('DISABLED_ACCOUNT');
    if (isParked(holder)) return refuse('PARKED_ELSEWHERE');
    const occupied = here.filter(({ status }) => status === 'active').length;
    if (!exit && occupied >= (this.spots[lot] ?? 0)) return refuse('LOT_FULL');
    const booking: ModelBooking = {
      madeAt: now,
      price: PRICE,
      driver: holder,
      lot,
      plate,
      status: 'active',
      window: null,
      parkedAt: null,
      leftAt: null,
      cost: null,
    };
    this.bookings.push(booking);
    return this.park(booking, { event, now, exit, reason: 'BOOKED' });
  }

  private park(
    booking: ModelBooking,
    arrival: {
      readonly event: ModelEvent;
      readonly now: number;
      readonly exit: Received | undefined;
      readonly reason: string;
    },
  ): ModelDecision {
    const { event, now, exit, reason } = arrival;
    booking.status = 'active';
    booking.cost = null;
    booking.parkedAt = Math.max(event.at, this.lastEndOf(booking.driver, exit?.at ?? now));
    if (!booking.window) booking.price = this.priceOf(booking.lot, booking.parkedAt);
    if (exit) {
      this.end(booking, exit.at);
      if (exit.decision.booking === null) exit.matched = this.bookings.indexOf(booking);
    }
    return this.open(reason, booking);
  }

  private leave({ lot, plate, at }: ModelEvent): ModelDecision {
    const holder = this.holderOf(plate);
    const theirs = this.bookings.filter(
      (each) =>
        each.lot === lot &&
        (each.plate === plate || (each.plate === null && each.driver === holder)) &&
        each.parkedAt !== null,
    );
    const rank = (each: ModelBooking) => (each.plate === null ? 0 : each.driver === holder ? 2 : 1);
    const [parked] = theirs
      .filter(({ status }) => status === 'active')
      .filter((each) => (each.parkedAt ?? 0) <= at || this.hasEntryBefore(each, plate, at))
      .toSorted((a, b) => rank(b) - rank(a) || this.lastBegunFirst(a, b));
    if (parked) {
      this.end(parked, at);
      return { ...this.open('RELEASED', parked), cost: parked.cost };
    }
    const [last] = theirs
      .filter(({ parkedAt }) => (parkedAt ?? 0) <= at)
      .filter(({ leftAt }) => leftAt !== null && at < leftAt + 15 * MINUTE)
      .toSorted(
        (a, b) =>
          (b.leftAt ?? 0) - (a.leftAt ?? 0) || rank(b) - rank(a) || this.lastBegunFirst(a, b),
      );
    return last ? { ...this.open('RELEASED', last), cost: last.cost } : refuse('NOT_PARKED');
  }

  /** Whether the booking's own entry was before the exit, although its stay begins later. */
  private hasEntryBefore(booking: ModelBooking, plate: string, at: number): boolean {
    return this.events.some(
      (each) =>
        each.direction === 'in' &&
        each.plate === plate &&
        each.at < at &&
        ['BOOKED', 'CHECKED_IN'].includes(each.decision.reason) &&
        this.bookings[each.decision.booking ?? -1] === booking,
    );
  }

  /** The first entry with the reason ALREADY_IN after an exit; it begins the next stay. */
  private nextEntry({ lot, plate, at }: ModelEvent, now: number): Received | undefined {
    return this.events
      .filter((each) => each.lot === lot && each.plate === plate && each.at > at && each.at <= now)
      .filter(({ decision }) => decision.reason === 'ALREADY_IN')
      .toSorted((a, b) => a.at - b.at)[0];
  }

  /** The first entry since the last exit for which no stay was stored, because the driver had parked again. */
  private lostEntry({ lot, plate, at }: ModelEvent): Received | undefined {
    const before = this.events.filter(
      (each) => each.lot === lot && each.plate === plate && each.at < at,
    );
    const lastExit = Math.max(
      0,
      ...before.filter(({ direction }) => direction === 'out').map((each) => each.at),
    );
    return before
      .filter((each) => each.direction === 'in' && each.at >= lastExit)
      .filter(({ decision: { reason, booking }, receivedAt, at: seenAt }) => {
        if (reason === 'PARKED_ELSEWHERE') return receivedAt > seenAt;
        const stay = this.bookings[booking ?? -1];
        return reason === 'ALREADY_IN' && (stay?.parkedAt ?? 0) > seenAt + MINUTE;
      })
      .toSorted((a, b) => a.at - b.at)[0];
  }

  /** Ends a stay, whether at a gate or in the app. */
  end(booking: ModelBooking, at: number): void {
    booking.leftAt = Math.max(at, booking.parkedAt ?? 0);
    booking.status = 'completed';
    const start = Math.min(booking.parkedAt ?? 0, booking.window?.from ?? Infinity);
    booking.cost = costOf(booking.price, start, chargedUntil(booking, booking.leftAt));
  }

  /**
   * The stay of this arrival if it is over, or the exit of this arrival: the first later exit that ended no
   * stay, or that only returned a stay that had ended before, with no other entry in between.
   */
  private sinceThen({ lot, plate, at }: ModelEvent): {
    readonly earlier?: ModelBooking;
    readonly exit?: Received;
  } {
    const theirs = this.events.filter((each) => each.lot === lot && each.plate === plate);
    const stayOf = ({ decision, matched }: Received) =>
      this.bookings[decision.booking ?? matched ?? -1];
    const isOfArrival = (stay: ModelBooking) =>
      isOver(stay) && (stay.parkedAt ?? 0) <= at + MINUTE && (stay.leftAt ?? 0) > at;
    const wasLetIn = (since: number, until: number, stay: ModelBooking) =>
      theirs.some((each) => {
        const other = each.direction === 'in' ? stayOf(each) : undefined;
        return other && other !== stay && each.at >= since && each.at < until;
      });
    const [exit] = theirs
      .filter((each) => each.direction === 'out' && each.at > at)
      .filter((each) => {
        const stay = stayOf(each);
        if (!stay || isOfArrival(stay)) return true;
        const end = stay.leftAt ?? Infinity;
        return each.decision.reason === 'RELEASED' && end <= at && !wasLetIn(end, each.at, stay);
      })
      .toSorted((a, b) => a.at - b.at);
    const ended = exit && stayOf(exit);
    if (ended && isOfArrival(ended)) return { earlier: ended };
    const twin = theirs
      .filter((each) => each.direction === 'in' && Math.abs(each.at - at) <= MINUTE)
      .toSorted((a, b) => a.at - b.at)
      .map(stayOf)
      .find((stay) => stay && isOfArrival(stay));
    if (twin) return { earlier: twin };
    return exit ? { exit } : {};
  }

  /** Of stays that began at one instant, the one that was stored last comes first. */
  private readonly lastBegunFirst = (a: ModelBooking, b: ModelBooking): number =>
    (b.parkedAt ?? 0) - (a.parkedAt ?? 0) || this.bookings.indexOf(b) - this.bookings.indexOf(a);

  private holderOf(plate: string): number | undefined {
    const index = this.drivers.findIndex((each) => each.plate === plate && each.opensGates);
    return index < 0 ? undefined : index;
  }

  /** The latest end of the driver's stays that began at `by` or before. */
  private lastEndOf(driver: number, by: number): number {
    const ends = this.bookings.filter(
      (each) => each.driver === driver && each.parkedAt !== null && each.parkedAt <= by,
    );
    return Math.max(0, ...ends.map(({ leftAt }) => leftAt ?? 0));
  }

  private open(reason: string, booking: ModelBooking): ModelDecision {
    return { reason, booking: this.bookings.indexOf(booking), cost: null };
  }
}
