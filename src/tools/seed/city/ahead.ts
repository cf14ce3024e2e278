import { DAY, HOUR, MINUTE } from '../../../platform/time/durations.js';
import { DEFAULT_POLICY } from '../../../parking/policies/policy.js';
import { lapseOf, percentOf } from '../../../parking/reservations/ahead/fees.js';
import { charge } from '../../../parking/tariffs/evaluation/charge.js';
import { hourlyTariff } from '../../../parking/tariffs/tariff.js';
import { Random } from '../random.js';
import type { CityTraffic } from './bookings.js';
import { type CityLot, priceIndexAt } from './lots.js';

/** A booking ahead without a stay. Lot and driver are indexes; instants in ms, money in minor units. */
export interface CityAhead {
  readonly lot: number;
  readonly spotNumber: number;
  readonly driver: number;
  readonly status: 'held' | 'reserved' | 'cancelled' | 'expired' | 'no_show';
  readonly bookedAt: number;
  readonly from: number;
  readonly until: number;
  /** Null unless the booking is a hold, or was still a hold when it ended. */
  readonly holdExpiresAt: number | null;
  /** Null while the booking is live. */
  readonly endedAt: number | null;
  readonly pricePerHour: number;
  /** Index in the lot's list of prices. */
  readonly price: number;
  /** The fee for a late cancellation or a no-show; 0 if there is none. */
  readonly cost: number;
  readonly vehicleNumber: string | null;
}

/** The spots with a parked car and the drivers of these cars, when the history ends. */
export class ParkedCars {
  readonly drivers = new Set<number>();
  private readonly spots = new Set<string>();

  add({ lot, spotNumber, driver }: Pick<CityAhead, 'lot' | 'spotNumber' | 'driver'>): void {
    this.drivers.add(driver);
    this.spots.add(`${lot} ${spotNumber}`);
  }

  isOccupied(lot: number, spotNumber: number): boolean {
    return this.spots.has(`${lot} ${spotNumber}`);
  }
}

/** Bookings that ended without a stay, as a share of the stays. */
const UNUSED_SHARE = 0.03;
const SLOT = 15 * MINUTE;
/** The first future window starts after all claims of cars that have not left. */
const FIRST_FUTURE = 2 * HOUR;
const FUTURE_DAYS = 14;
/** The share of the spots without a car that have future bookings. */
const CLAIMED_SHARE = 0.3;
const MOST_PER_SPOT = 3;
const HELD_SHARE = 0.05;

/**
 * Bookings that were cancelled, expired or became no-shows during the history, in the order of
 * their start.
 */
export function* simulateUnused(traffic: CityTraffic): Generator<CityAhead> {
  const { history, bookingsPerDay, randomSeed } = traffic;
  const random = new Random(randomSeed, 'unused');
  const count = Math.ceil(history.days * bookingsPerDay * UNUSED_SHARE);
  const step = (history.until - history.start) / count;
  for (let index = 0; index < count; index += 1) {
    const from = toSlot(history.start + (index + random.next()) * step);
    const booking = request(traffic, random, { from, lot: pickLot(traffic, random) });
    if (!booking || booking.until > history.until) continue;
    const kind = random.next();
    if (kind < 0.2) yield expired(booking);
    else if (kind < 0.6) yield missed(traffic, booking);
    else yield cancelled(traffic, booking, random);
  }
}

/** Holds and reservations after the history: at most one per driver, and none on a spot with a car. */
export function* simulateFuture(traffic: CityTraffic, cars: ParkedCars): Generator<CityAhead> {
  const { lots, history, randomSeed } = traffic;
  const random = new Random(randomSeed, 'future');
  const busy = new Set(cars.drivers);
  for (const [lot, { numberOfSpots }] of lots.entries()) {
    for (let spotNumber = 1; spotNumber <= numberOfSpots; spotNumber += 1) {
      if (cars.isOccupied(lot, spotNumber) || !random.chance(CLAIMED_SHARE)) continue;
      let free = history.until + FIRST_FUTURE;
      for (let booked = random.integer(1, MOST_PER_SPOT); booked > 0; booked -= 1) {
        const from = toSlot(free + random.next() * (FUTURE_DAYS / MOST_PER_SPOT) * DAY);
        const booking = request(traffic, random, { from, lot, spotNumber });
        if (!booking || busy.has(booking.driver)) continue;
        busy.add(booking.driver);
        free = booking.until;
        yield random.chance(HELD_SHARE) ? held(booking, history.until) : booking;
      }
    }
  }
}

/**
 * A reservation made at least two hours before its window; undefined if the driver or the lot did not exist
 * then.
 */
function request(
  traffic: CityTraffic,
  random: Random,
  wanted: { readonly from: number; readonly lot: number; readonly spotNumber?: number },
): CityAhead | undefined {
  const { from, lot: position } = wanted;
  const { drivers, lots, history } = traffic;
  const lot = lots[position];
  const driver = random.integer(0, drivers.length - 1);
  const leadTime = random.between(2 * HOUR, 5 * DAY);
  const bookedAt = Math.floor(Math.min(from - leadTime, history.until - leadTime / 100));
  const { createdAt = Number.POSITIVE_INFINITY, vehicles = [] } = drivers[driver] ?? {};
  if (!lot || bookedAt <= createdAt || bookedAt <= lot.createdAt) return undefined;
  const price = priceIndexAt(lot, bookedAt);
  return {
    lot: position,
    spotNumber: wanted.spotNumber ?? random.integer(1, lot.numberOfSpots),
    driver,
    status: 'reserved',
    bookedAt,
    from,
    until: from + windowLength(lot, random),
    holdExpiresAt: null,
    endedAt: null,
    pricePerHour: lot.prices[price]?.pricePerHour ?? 0,
    price,
    cost: 0,
    vehicleNumber: vehicles.length > 0 ? random.pick(vehicles) : null,
  };
}

/**
 * The length of a window in ms: a usual stay in the lot, rounded up to half hours, but at most the maximum of
 * the policy.
 */
function windowLength({ profile }: CityLot, random: Random): number {
  const usual = Math.ceil(random.triangular(profile.stay) * 2) * 30 * MINUTE;
  return Math.min(usual, DEFAULT_POLICY.max_minutes * MINUTE);
}

/** A hold that was made just before the history ended. */
function held(booking: CityAhead, now: number): CityAhead {
  const holdExpiresAt = now + DEFAULT_POLICY.hold_minutes * MINUTE;
  return { ...booking, status: 'held', bookedAt: now, holdExpiresAt };
}

function expired(booking: CityAhead): CityAhead {
  const holdExpiresAt = booking.bookedAt + DEFAULT_POLICY.hold_minutes * MINUTE;
  return { ...booking, status: 'expired', holdExpiresAt, endedAt: holdExpiresAt };
}

function missed(traffic: CityTraffic, booking: CityAhead): CityAhead {
  const cost = fee(traffic, booking, DEFAULT_POLICY.no_show_fee_percent);
  return { ...booking, status: 'no_show', cost, endedAt: lapseOf(DEFAULT_POLICY, booking) };
}

/** The booking, cancelled at any time before its start; one in three is cancelled late. */
function cancelled(traffic: CityTraffic, booking: CityAhead, random: Random): CityAhead {
  const { bookedAt, from } = booking;
  const freeUntil = from - DEFAULT_POLICY.free_cancel_minutes * MINUTE;
  const isLate = random.chance(1 / 3);
  const endedAt = Math.floor(
    isLate ? random.between(freeUntil, from) : random.between(bookedAt, freeUntil),
  );
  const percent = isLate ? DEFAULT_POLICY.late_cancel_fee_percent : 0;
  return { ...booking, status: 'cancelled', endedAt, cost: fee(traffic, booking, percent) };
}

function fee({ lots, history }: CityTraffic, booking: CityAhead, percent: number): number {
  const { from, until, pricePerHour } = booking;
  const tariff = lots[booking.lot]?.prices[booking.price]?.tariff ?? hourlyTariff(pricePerHour);
  return percentOf(charge(tariff, { from, until, timeZone: history.zone }).total, percent);
}

/** Returns the larger of two random lots. */
function pickLot({ lots }: CityTraffic, random: Random): number {
  const [one, other] = [random.integer(0, lots.length - 1), random.integer(0, lots.length - 1)];
  return (lots[other]?.numberOfSpots ?? 0) > (lots[one]?.numberOfSpots ?? 0) ? other : one;
}

/** The next quarter of an hour. */
function toSlot(instant: number): number {
  return Math.ceil(instant / SLOT) * SLOT;
}
