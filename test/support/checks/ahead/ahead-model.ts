import type { ProblemCode } from '../../../../src/platform/errors/problem-codes.js';
import { DAY, MINUTE } from '../../../../src/platform/time/durations.js';
import { DEFAULT_POLICY, type Policy } from '../../../../src/parking/policies/policy.js';
import { fits, isBelowCapacity, overlap, type Span } from './brute-force.js';
import {
  carOn,
  claimEnd,
  claimsOf,
  costAt,
  currentSpots,
  feeOf,
  freeUntil,
  isLive,
  isPlanned,
  lapsesAt,
  missedAt,
  type ModelBooking,
  type ModelDriver,
  type ModelLot,
  type Planned,
  plannedIn,
  priceOf,
  updateAtRisk,
} from './model-lot.js';

/** The codes with which the program may refuse; empty if it must accept. */
export type Refusals = ReadonlySet<ProblemCode>;

type Causes = Readonly<Partial<Record<ProblemCode, boolean>>>;

/**
 * A simple model of booking ahead, written from the contract, that the program must agree with. Each
 * step returns the causes for which it may be refused, and changes the model if there is none.
 */
export class AheadModel {
  readonly lots: ModelLot[] = [];
  readonly drivers: ModelDriver[] = [];

  /** @param count is called with each thing that time alone does */
  constructor(
    public now: number,
    private readonly count: (event: string) => void = () => undefined,
  ) {}

  createLot(numberOfSpots: number, price: number, policy: Policy): ModelLot {
    const lot: ModelLot = { spots: [], bookings: [], price, policy, isDeleted: false };
    resizeTo(lot, numberOfSpots);
    this.lots.push(lot);
    return lot;
  }

  createDriver(): ModelDriver {
    const driver: ModelDriver = { bookings: [] };
    this.drivers.push(driver);
    return driver;
  }

  /** The next instants at which time alone changes something or a rule begins to apply. */
  nextMoments(): readonly number[] {
    const planned = this.lots.flatMap(plannedIn);
    const moments = planned.flatMap((booking) => [
      lapsesAt(booking),
      freeUntil(booking) ?? 0,
      booking.window.from - booking.policy.early_arrival_minutes * MINUTE,
      booking.window.from - booking.lot.policy.walk_in_minutes * MINUTE,
    ]);
    return [...moments, ...this.claimEnds()].filter((moment) => moment > this.now).sort(ascending);
  }

  /** Time passes, moment by moment. */
  advance(milliseconds: number): void {
    const end = this.now + milliseconds;
    for (;;) {
      const moments = [...this.lots.flatMap(plannedIn).map(lapsesAt), ...this.claimEnds()];
      const next = Math.min(...moments.filter((moment) => moment > this.now));
      if (next > end) break;
      this.now = next;
      for (const lot of this.lots) this.process(lot);
    }
    this.now = end;
  }

  walkIn(driver: ModelDriver, lot: ModelLot): Refusals {
    const { now } = this;
    const claim = { from: now, until: now + lot.policy.walk_in_minutes * MINUTE };
    const refusals = lot.isDeleted
      ? because({ LOT_NOT_FOUND: true })
      : because({ ALREADY_PARKED: isParked(driver), LOT_FULL: !this.hasRoom(lot, claim) });
    if (refusals.size > 0) return refusals;
    const booking = this.create({ driver, lot, window: null });
    Object.assign(booking, { status: 'active', parkedAt: now, cost: null });
    return refusals;
  }

  book(driver: ModelDriver, lot: ModelLot, window: Span, status: 'held' | 'reserved'): Refusals {
    if (lot.isDeleted) return because({ LOT_NOT_FOUND: true });
    const { policy } = lot;
    const refusals = because({
      VALIDATION_FAILED:
        !policy.bookable_ahead || !this.isStart(policy, window) || !isLength(policy, window),
      BOOKING_OVERLAPS: this.overlaps(driver, window),
      LOT_FULL: !this.hasRoom(lot, window),
    });
    if (refusals.size > 0) return refusals;
    const booking = this.create({ driver, lot, window });
    booking.status = status;
    this.process(lot);
    return refusals;
  }

  confirm(booking: ModelBooking): Refusals {
    const refusals = because({
      HOLD_EXPIRED: booking.status === 'expired',
      WRONG_STATUS: booking.status !== 'held' && booking.status !== 'expired',
    });
    if (refusals.size > 0) return refusals;
    booking.status = 'reserved';
    return refusals;
  }

  change(booking: ModelBooking, changes: Partial<Span>): Refusals {
    if (!isPlanned(booking)) return because({ WRONG_STATUS: true });
    const { lot, policy } = booking;
    const window = { ...booking.window, ...changes };
    const isSame = window.from === booking.window.from && window.until === booking.window.until;
    const refusals = because({
      TOO_LATE: this.now >= (freeUntil(booking) ?? Number.POSITIVE_INFINITY),
      VALIDATION_FAILED:
        !isSame &&
        ((window.from !== booking.window.from && !this.isStart(policy, window)) ||
          window.until <= this.now ||
          !isLength(policy, window)),
      BOOKING_OVERLAPS: !isSame && this.overlaps(booking.driver, window, booking),
      LOT_FULL: !isSame && !this.hasRoom(lot, window, booking),
    });
    if (refusals.size > 0 || isSame) return refusals;
    Object.assign(booking, { window, price: lot.price });
    this.process(lot);
    return refusals;
  }

  extend(booking: ModelBooking, until: number): Refusals {
    const { refusals, isAvailable } = this.previewExtension(booking, until);
    if (refusals.size > 0) return refusals;
    if (!isAvailable || !booking.window) return because({ BOOKING_OVERLAPS: true, LOT_FULL: true });
    booking.window = { from: booking.window.from, until };
    this.process(booking.lot);
    return refusals;
  }

  /** `total` is the cost of the booking if the driver leaves at its new end. */
  previewExtension(booking: ModelBooking, until: number) {
    const { window, lot, driver } = booking;
    if (!isLive(booking)) return { refusals: because({ WRONG_STATUS: true }) };
    const isLater = window !== null && until > Math.max(window.until, this.now);
    if (!isLater || !isLength(booking.policy, { ...window, until })) {
      return { refusals: because({ VALIDATION_FAILED: true }) };
    }
    const from = Math.min(window.from, booking.parkedAt ?? window.from);
    const added = { from: Math.max(window.until, this.now), until };
    const total = priceOf({ from, until }, booking.price);
    const isFree = this.hasRoom(lot, added, booking);
    return {
      refusals: because({}),
      isAvailable: isFree && !this.overlaps(driver, added, booking),
      cost: total - priceOf({ from, until: window.until }, booking.price),
      total,
    };
  }

  previewCancellation(booking: ModelBooking) {
    if (!isPlanned(booking)) return { refusals: because({ WRONG_STATUS: true }) };
    const limit = freeUntil(booking);
    const isLate = limit !== null && this.now >= limit;
    const fee = isLate ? feeOf(booking, booking.policy.late_cancel_fee_percent) : 0;
    return { refusals: because({}), fee, freeUntil: limit };
  }

  cancel(booking: ModelBooking, waivesFee: boolean): Refusals {
    const { refusals, fee = 0 } = this.previewCancellation(booking);
    if (refusals.size > 0) return refusals;
    end(booking, { status: 'cancelled', endedAt: this.now, cost: waivesFee ? 0 : fee });
    this.process(booking.lot);
    return refusals;
  }

  /** The caller sets the spot, which the program chooses. */
  checkIn(booking: ModelBooking): Refusals {
    if (booking.status !== 'reserved' || !isPlanned(booking)) {
      return because({ WRONG_STATUS: true });
    }
    const { from } = booking.window;
    const refusals = because({
      TOO_EARLY: this.now < from - booking.policy.early_arrival_minutes * MINUTE,
      ALREADY_PARKED: isParked(booking.driver),
      SPOT_OCCUPIED: !this.canPark(booking),
    });
    if (refusals.size > 0) return refusals;
    Object.assign(booking, { status: 'active', parkedAt: this.now, cost: null, isAtRisk: false });
    return refusals;
  }

  release(booking: ModelBooking): Refusals {
    const refusals = because({
      ALREADY_RELEASED: booking.status === 'completed',
      WRONG_STATUS: booking.status !== 'active' && booking.status !== 'completed',
    });
    if (refusals.size > 0) return refusals;
    const cost = costAt(booking, this.now);
    Object.assign(booking, { status: 'completed', leftAt: this.now, cost, spot: null });
    this.process(booking.lot);
    return refusals;
  }

  resize(lot: ModelLot, numberOfSpots: number): Refusals {
    if (lot.isDeleted) return because({ LOT_NOT_FOUND: true });
    const cars = lot.bookings.filter(({ status }) => status === 'active').length;
    const claims = claimsOf(lot, claimedSpans(lot), this.now);
    // Spots with cars stay; of the others, as many as then remain.
    const occupied = claims.spots.filter((spot) => spot !== null);
    const spots = [...occupied, ...Array(Math.max(0, numberOfSpots - cars)).fill(null)];
    const refusals = because({
      TOO_FEW_SPOTS: numberOfSpots < cars || !fits({ ...claims, spots }),
    });
    if (refusals.size > 0) return refusals;
    resizeTo(lot, numberOfSpots);
    this.process(lot);
    return refusals;
  }

  delete(lot: ModelLot): Refusals {
    if (lot.isDeleted) return because({ LOT_NOT_FOUND: true });
    const refusals = because({ LOT_OCCUPIED: lot.bookings.some(isLive) });
    lot.isDeleted = refusals.size === 0;
    return refusals;
  }

  /** Whether the lot has room for the span besides its other bookings. */
  hasRoom(lot: ModelLot, span: Span, except?: ModelBooking): boolean {
    const others = plannedIn(lot).filter((booking) => booking !== except);
    const spans = others.map(({ window }) => window);
    const carOfBooking =
      except?.status === 'active' ? currentSpots(lot).indexOf(except.spot ?? 0) : -1;
    const { spots: claimed } = claimsOf(lot, spans, this.now);
    const spots = claimed.map((car, index) => (index === carOfBooking ? null : car));
    const hasRoom = isBelowCapacity({ spots, bookings: spans }, span);
    // Bookings at risk count, so then the lot may be full although the span fits.
    if (!fits({ spots, bookings: spans }) || carOfBooking >= 0) return hasRoom;
    if (fits({ spots, bookings: [...spans, span] }) !== hasRoom) {
      throw new Error('Full is not full: counting and trying all assignments disagree');
    }
    return hasRoom;
  }

  /** Whether a window may begin there; one that would be missed at once may not. */
  private isStart(policy: Policy, window: Span): boolean {
    const { from } = window;
    const isAhead = from >= this.now && from <= this.now + policy.horizon_days * DAY;
    return isAhead && missedAt(window, policy) > this.now;
  }

  private overlaps(driver: ModelDriver, span: Span, except?: ModelBooking): boolean {
    return driver.bookings.some((other) => {
      if (other === except || !isLive(other)) return false;
      if (isPlanned(other)) return overlap(other.window, span);
      return overlap({ from: other.parkedAt ?? 0, until: claimEnd(other, this.now) }, span);
    });
  }

  /** Whether the car fits on a free spot until the end of its window, and no booking loses its spot. */
  private canPark(booking: Planned): boolean {
    const { lot } = booking;
    const others = claimedSpans(lot, booking);
    const { spots } = claimsOf(lot, others, this.now);
    return spots.some(
      (car, index) =>
        car === null && fits({ spots: spots.with(index, booking.window.until), bookings: others }),
    );
  }

  private create(made: Pick<ModelBooking, 'driver' | 'lot' | 'window'>): ModelBooking {
    const { policy, price } = made.lot;
    const times = { parkedAt: null, leftAt: null, endedAt: null };
    const booking: ModelBooking = {
      ...made,
      ...times,
      policy,
      price,
      createdAt: this.now,
      id: 0,
      status: 'reserved',
      cost: 0,
      spot: null,
      isAtRisk: false,
    };
    made.driver.bookings.push(booking);
    made.lot.bookings.push(booking);
    return booking;
  }

  private claimEnds(): readonly number[] {
    const cars = this.lots.flatMap(({ bookings }) =>
      bookings.filter(({ status }) => status === 'active'),
    );
    return cars.map((car) => claimEnd(car, this.now));
  }

  /**
   * Does what the present moment changes in the lot: first holds expire, then cars stay, then bookings
   * are missed, without a fee if they had no spot until now or have none from now on.
   */
  process(lot: ModelLot): void {
    const before = plannedIn(lot).filter(({ isAtRisk }) => isAtRisk);
    for (const hold of plannedIn(lot).filter(({ status }) => status === 'held')) {
      if (lapsesAt(hold) > this.now) continue;
      this.count('expired');
      end(hold, { status: 'expired', endedAt: this.now, cost: 0 });
    }
    updateAtRisk(lot, this.now);
    const after = plannedIn(lot).filter(({ isAtRisk }) => isAtRisk);
    if (after.some((booking) => !before.includes(booking))) this.count('put at risk');
    if (before.some((booking) => isPlanned(booking) && !after.includes(booking))) {
      this.count('no longer at risk');
    }
    for (const booking of plannedIn(lot).filter((each) => lapsesAt(each) <= this.now)) {
      const isAtRisk = booking.isAtRisk || before.includes(booking);
      this.count(isAtRisk ? 'no_show at risk' : 'no_show');
      const cost = isAtRisk ? 0 : feeOf(booking, booking.policy.no_show_fee_percent);
      end(booking, { status: 'no_show', endedAt: this.now, cost });
    }
    updateAtRisk(lot, this.now);
  }
}

export const MODEL_POLICY: Policy = { ...DEFAULT_POLICY, max_minutes: 240, horizon_days: 1 };

function end(
  booking: ModelBooking,
  ended: Pick<ModelBooking, 'status' | 'endedAt' | 'cost'>,
): void {
  Object.assign(booking, { ...ended, isAtRisk: false });
}

function because(causes: Causes): Refusals {
  const applies = Object.entries(causes).filter(([, isCause]) => isCause);
  return new Set(applies.map(([code]) => code as ProblemCode));
}

function isLength(policy: Policy, { from, until }: Span): boolean {
  const length = until - from;
  return length >= policy.min_minutes * MINUTE && length <= policy.max_minutes * MINUTE;
}

function isParked({ bookings }: ModelDriver): boolean {
  return bookings.some(({ status }) => status === 'active');
}

/** The windows of bookings that have a spot. */
function claimedSpans(lot: ModelLot, except?: ModelBooking): readonly Span[] {
  return plannedIn(lot)
    .filter((booking) => booking !== except && !booking.isAtRisk)
    .map(({ window }) => window);
}

/** Retires spots without a car, the highest numbers first; adds retired ones first, then new ones. */
function resizeTo(lot: ModelLot, numberOfSpots: number): void {
  for (const spot of lot.spots.toReversed()) {
    if (currentSpots(lot).length > numberOfSpots && !carOn(lot, spot.number)) spot.isRetired = true;
  }
  for (const spot of lot.spots) {
    if (currentSpots(lot).length < numberOfSpots) spot.isRetired = false;
  }
  while (currentSpots(lot).length < numberOfSpots) {
    lot.spots.push({ number: lot.spots.length + 1, isRetired: false });
  }
}

function ascending(a: number, b: number): number {
  return a - b;
}
