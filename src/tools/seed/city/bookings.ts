import { cost } from '../../../parking/reservations/pricing.js';
import { Random } from '../random.js';
import { makeArrivals } from './arrivals.js';
import type { CityDriver } from './drivers.js';
import type { History } from './history.js';
import { LONG_STAY } from './lot-profiles.js';
import { type CityLot, priceAt } from './lots.js';
import { REMARKS } from './people.js';

/** A booking, with lot and driver as positions in their lists. Instants in ms, money in minor units. */
export interface CityBooking {
  readonly lot: number;
  readonly spotNumber: number;
  readonly driver: number;
  readonly parkedAt: number;
  /** Null while active. */
  readonly leftAt: number | null;
  readonly pricePerHour: number;
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

const HOUR = 3_600_000;
/** A driver is on the way at least this long (ms) before parking again. */
const DRIVE = 600_000;
const WITH_REMARKS = 0.06;
const WITHOUT_VEHICLE_NUMBER = 0.04;
/** How many of a lot's arrivals are its regulars, where it has any that are free. */
const BY_REGULARS = 0.55;
/** After so many drivers who are parked elsewhere, nobody comes. */
const ATTEMPTS = 30;

/**
 * Plays the city's traffic arrival by arrival, so that the bookings come in the order in which they
 * began and nothing but the present state of spots and drivers is in memory. Each takes its lot's
 * free spot with the lowest number; whoever finds none drives away.
 */
export function* playBookings(traffic: CityTraffic): Generator<CityBooking> {
  const { lots, history, randomSeed } = traffic;
  const random = new Random(randomSeed, 'bookings');
  const crowd = new Crowd(traffic, random);
  const freeFrom = lots.map(({ numberOfSpots }) => new Float64Array(numberOfSpots));

  for (const { lot: position, at: parkedAt } of makeArrivals(traffic)) {
    const lot = lots[position];
    const spots = freeFrom[position];
    const spot = spots?.findIndex((instant) => instant <= parkedAt) ?? -1;
    const driver = crowd.arrival(position, parkedAt);
    if (!lot || !spots || spot < 0 || driver === undefined) continue;

    const leavesAt = parkedAt + stay(lot, random);
    spots[spot] = leavesAt;
    crowd.park(driver, leavesAt + DRIVE);
    const pricePerHour = priceAt(lot, parkedAt);
    const leftAt = leavesAt <= history.until ? leavesAt : null;
    yield {
      lot: position,
      spotNumber: spot + 1,
      driver,
      parkedAt,
      leftAt,
      pricePerHour,
      cost:
        leftAt === null
          ? null
          : cost({ parkedAt: new Date(parkedAt), leftAt: new Date(leftAt) }, pricePerHour),
      vehicleNumber: random.chance(WITHOUT_VEHICLE_NUMBER) ? null : crowd.vehicleOf(driver),
      remarks: random.chance(WITH_REMARKS) ? random.pick(REMARKS) : null,
    };
  }
}

/** In ms. */
function stay({ kind }: CityLot, random: Random): number {
  const usual = random.around(kind.stay);
  const long = random.chance(LONG_STAY.probability) ? random.around(LONG_STAY.hours) : 0;
  return Math.ceil((usual + long) * HOUR);
}

/** Who drives, and since when each is free to park again. */
class Crowd {
  private readonly freeFrom: Float64Array;
  /** By lot. */
  private readonly regulars: readonly number[][];

  constructor(
    private readonly traffic: CityTraffic,
    private readonly random: Random,
  ) {
    const { drivers, lots } = traffic;
    this.freeFrom = Float64Array.from(drivers, ({ createdAt }) => createdAt);
    this.regulars = lots.map(() => []);
    drivers.forEach(({ home }, position) => {
      if (home !== undefined) this.regulars[home]?.push(position);
    });
  }

  /** Someone who is free to park there; undefined where nobody turns up. */
  arrival(lot: number, instant: number): number | undefined {
    const regulars = this.regulars[lot] ?? [];
    const byRegular = regulars.length > 0 && this.random.chance(BY_REGULARS);
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const driver =
        byRegular && attempt < ATTEMPTS / 4 ? this.random.pick(regulars) : this.anyone();
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

  /** Some come often, most now and then. */
  private anyone(): number {
    return Math.floor(this.freeFrom.length * this.random.next() ** 1.5);
  }
}
