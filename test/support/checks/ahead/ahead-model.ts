import { DAY, MINUTE } from '../../../../src/platform/time/durations.js';
import type { Policy } from '../../../../src/parking/policies/policy.js';
import { fits, isBelowCapacity, overlap, type Span } from './brute-force.js';
import {
  claimEnd,
  claimedSpans,
  claimsOf,
  costAt,
  currentSpots,
  endBooking,
  feeOf,
  freeUntil,
  isLive,
  isPlanned,
  missedAt,
  type ModelBooking,
  type ModelDriver,
  type ModelLot,
  type Planned,
  plannedIn,
  priceOf,
  resizeTo,
} from './model-lot.js';
import { because, type Refusals } from './refusals.js';
import { TimedModel } from './timed-model.js';

/**
 * A simple model of docs/booking-ahead.md, written independently of the program, which must agree with it.
 * Each step returns the causes for which it may be refused, and changes the model if there is none.
 */
export class AheadModel extends TimedModel {
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
    endBooking(booking, { status: 'cancelled', endedAt: this.now, cost: waivesFee ? 0 : fee });
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
    // All spots with cars stay, and as many other spots as the new number allows.
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
    // Bookings at risk count too, so if there are any, the lot may be full although the span fits.
    if (!fits({ spots, bookings: spans }) || carOfBooking >= 0) return hasRoom;
    if (fits({ spots, bookings: [...spans, span] }) !== hasRoom) {
      throw new Error('Counting and trying all assignments disagree on whether there is room');
    }
    return hasRoom;
  }

  /** Whether the policy allows the start of the window, and its booking is not a no-show at once. */
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

  /** Whether the car can have a free spot until the end of its window, without putting a booking at risk. */
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
}

function isLength(policy: Policy, { from, until }: Span): boolean {
  const length = until - from;
  return length >= policy.min_minutes * MINUTE && length <= policy.max_minutes * MINUTE;
}

function isParked({ bookings }: ModelDriver): boolean {
  return bookings.some(({ status }) => status === 'active');
}
