import type { CitySize } from '../flags.js';
import { comfortableTraffic } from './arrivals.js';
import type { CityTraffic } from './bookings.js';
import { makeDrivers } from './drivers.js';
import { historyBefore } from './history.js';
import { makeLots } from './lots.js';

interface Installation {
  /** ISO 4217. */
  readonly currency: string;
  /** IANA name: rush hours are by its clock. */
  readonly timezone: string;
  /** See {@link makeDrivers}. */
  readonly takenNames: ReadonlyMap<string, number>;
}

/** On an average day, every third driver books. */
const BOOKINGS_PER_DRIVER = 0.35;

/** The city's lots and drivers: the same for the same size and installation. */
export function makeCity(size: CitySize, installation: Installation): CityTraffic {
  const { users, randomSeed } = size;
  const history = historyBefore(size.until, size.days, installation.timezone);
  const lots = makeLots({ ...size, currency: installation.currency, history });
  const { takenNames } = installation;
  const drivers = makeDrivers({ users, randomSeed, history, lots, takenNames });
  const fitting = Math.min(users * BOOKINGS_PER_DRIVER, comfortableTraffic(lots));
  return { lots, drivers, history, randomSeed, bookingsPerDay: size.bookingsPerDay ?? fitting };
}
