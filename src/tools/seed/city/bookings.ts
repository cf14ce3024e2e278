import { charge } from '../../../parking/tariffs/evaluation/charge.js';
import { hourlyTariff } from '../../../parking/tariffs/tariff.js';
import { Random } from '../random.js';
import { makeArrivals } from './arrivals.js';
import type { CityDriver } from './drivers.js';
import type { History } from './history.js';
import { LONG_STAY } from './catalog/lot-profiles.js';
import { type CityLot, priceIndexAt } from './lots.js';
import { REMARKS } from './catalog/people.js';
import { HOUR } from '../../../platform/time/durations.js';

/** A booking; lot and driver are indexes in their lists. Instants in ms, money in minor units. */
export interface CityBooking {
  readonly lot: number;
  readonly spotNumber: number;
  readonly driver: number;
  readonly parkedAt: number;
  /** Null while active. */
  readonly leftAt: number | null;
  readonly pricePerHour: number;
  /** Index in the lot's list of prices. */
  readonly price: number;
  /** Null while active. */
  readonly cost: number | null;
  readonly vehicleNumber: string | null;
  readonly remarks: string | null;
}

export interface CityTraffic {
  readonly lots: readonly CityLot[];
  readonly drivers: readonly CityDriver[];
  readonly history: History;
  readonly bookingsPerDay: number;
  readonly randomSeed: number;
}

/** Minimum time that a driver needs before parking again. */
const MIN_DRIVE_MILLISECONDS = 600_000;
const REMARKS_SHARE = 0.06;
const NO_VEHICLE_NUMBER_SHARE = 0.04;
/** For this share of a lot's arrivals, a regular driver of the lot is preferred to all other drivers. */
const REGULAR_ARRIVALS_SHARE = 0.55;
/** If this many randomly picked drivers are already parked, the arrival is dropped. */
const MAX_PICKS = 30;

/**
 * Simulates the city's traffic arrival by arrival. The bookings are in the order of their start, and
 * memory contains only the current state of spots and drivers. Each booking gets the lot's lowest free
 * spot; if the lot is full, there is no booking.
 */
export function* simulateBookings(traffic: CityTraffic): Generator<CityBooking> {
  const { lots, history, randomSeed } = traffic;
  const random = new Random(randomSeed, 'bookings');
  const driverPool = new DriverPool(traffic, random);
  const freeFrom = lots.map(({ numberOfSpots }) => new Float64Array(numberOfSpots));

  for (const { lot: position, at: parkedAt } of makeArrivals(traffic)) {
    const lot = lots[position];
    const spots = freeFrom[position];
    const spot = spots?.findIndex((instant) => instant <= parkedAt) ?? -1;
    const driver = driverPool.pickDriver(position, parkedAt);
    if (!lot || !spots || spot < 0 || driver === undefined) continue;

    const leavesAt = parkedAt + stay(lot, random);
    spots[spot] = leavesAt;
    driverPool.park(driver, leavesAt + MIN_DRIVE_MILLISECONDS);
    const price = priceIndexAt(lot, parkedAt);
    const { pricePerHour = 0, tariff = hourlyTariff(pricePerHour) } = lot.prices[price] ?? {};
    const leftAt = leavesAt <= history.until ? leavesAt : null;
    yield {
      lot: position,
      spotNumber: spot + 1,
      driver,
      parkedAt,
      leftAt,
      pricePerHour,
      price,
      cost:
        leftAt === null
          ? null
          : charge(tariff, { from: parkedAt, until: leftAt, timeZone: history.zone }).total,
      vehicleNumber: random.chance(NO_VEHICLE_NUMBER_SHARE) ? null : driverPool.vehicleOf(driver),
      remarks: random.chance(REMARKS_SHARE) ? random.pick(REMARKS) : null,
    };
  }
}

/** Length of a stay in ms. */
function stay({ profile }: CityLot, random: Random): number {
  const usual = random.triangular(profile.stay);
  const long = random.chance(LONG_STAY.probability) ? random.triangular(LONG_STAY.hours) : 0;
  return Math.ceil((usual + long) * HOUR);
}

/** The drivers, with the instant from which each can park again. */
class DriverPool {
  private readonly freeFrom: Float64Array;
  /** The regular drivers of each lot. */
  private readonly regulars: readonly number[][];

  constructor(
    private readonly traffic: CityTraffic,
    private readonly random: Random,
  ) {
    const { drivers, lots } = traffic;
    this.freeFrom = Float64Array.from(drivers, ({ createdAt }) => createdAt);
    this.regulars = lots.map(() => []);
    drivers.forEach(({ regularLot }, position) => {
      if (regularLot !== undefined) this.regulars[regularLot]?.push(position);
    });
  }

  /** A driver who is not parked; undefined if none is found. */
  pickDriver(lot: number, instant: number): number | undefined {
    const regulars = this.regulars[lot] ?? [];
    const byRegular = regulars.length > 0 && this.random.chance(REGULAR_ARRIVALS_SHARE);
    for (let attempt = 0; attempt < MAX_PICKS; attempt += 1) {
      const driver =
        byRegular && attempt < MAX_PICKS / 4 ? this.random.pick(regulars) : this.pickAnyDriver();
      if ((this.freeFrom[driver] ?? 0) <= instant) return driver;
    }
    return undefined;
  }

  park(driver: number, freeFrom: number): void {
    this.freeFrom[driver] = freeFrom;
  }

  vehicleOf(driver: number): string | null {
    const vehicles = this.traffic.drivers[driver]?.vehicles ?? [];
    return vehicles.length === 0 ? null : this.random.pick(vehicles);
  }

  /** Drivers with a low index are picked more often than others. */
  private pickAnyDriver(): number {
    return Math.floor(this.freeFrom.length * this.random.next() ** 1.5);
  }
}
