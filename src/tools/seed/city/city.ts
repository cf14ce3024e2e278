import type { CitySize } from '../flags.js';
import { sustainableBookingsPerDay } from './arrivals.js';
import type { CityTraffic } from './bookings.js';
import { makeDrivers } from './drivers.js';
import { historyBefore } from './history.js';
import { makeLots } from './lots.js';
import type { StoredCurrency } from '../../../platform/money/installation-currency.js';

interface Installation {
  /** The currency of all prices. */
  readonly currency: StoredCurrency;
  /** IANA name of the city's time zone, which determines its days, rush hours and windows of tariffs. */
  readonly timezone: string;
  /** See {@link makeDrivers}. */
  readonly takenNames: ReadonlyMap<string, number>;
}

/** On an average day, about a third of the drivers book. */
const BOOKINGS_PER_DRIVER = 0.35;

/** Generates the city's lots and drivers, deterministically for a size and an installation. */
export function makeCity(size: CitySize, installation: Installation): CityTraffic {
  const { users, randomSeed } = size;
  const history = historyBefore(size.until, size.days, installation.timezone);
  const lots = makeLots({ ...size, currency: installation.currency, history });
  const { takenNames } = installation;
  const drivers = makeDrivers({ users, randomSeed, history, lots, takenNames });
  const fitting = Math.min(users * BOOKINGS_PER_DRIVER, sustainableBookingsPerDay(lots));
  return { lots, drivers, history, randomSeed, bookingsPerDay: size.bookingsPerDay ?? fitting };
}
