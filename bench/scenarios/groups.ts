import type { City, LoggedInAccount } from '../database/city.js';
import type { CitySize } from '../database/city-size.js';
import { CONNECTIONS } from './scenario.js';

/** Drivers that compete for the spots of the last lot. */
export const RACERS = 1_000;
export const RACE_SPOTS = 50;

/** The amount of data in the database of all scenarios. */
export const BENCH_CITY: CitySize = {
  lots: 50,
  spotsPerLot: 100,
  drivers: 2 * CONNECTIONS + RACERS,
  bookingsPerDriver: 20,
  parkedPerLot: 10,
  parkedInLastLot: 100 - 10 - RACE_SPOTS,
  exportedBookings: 100_000,
};

/** {@link BENCH_CITY} with a smaller export, for `--quick`. */
export const QUICK_CITY: CitySize = { ...BENCH_CITY, exportedBookings: 3_000 };

/** Returns a driver who only reads, one per connection, so that the list of bookings keeps its length. */
export function readerOf({ drivers }: City, connection: number): LoggedInAccount {
  return pick(drivers, connection);
}

/** Returns a driver who books and releases, one per connection. */
export function parkerOf({ drivers }: City, connection: number): LoggedInAccount {
  return pick(drivers, CONNECTIONS + connection);
}

export function racersOf({ drivers }: City): readonly LoggedInAccount[] {
  return drivers.slice(2 * CONNECTIONS);
}

/** Returns the element at the index modulo the length of the list. */
export function pick<T>(list: readonly T[], number: number): T {
  const element = list[number % list.length];
  if (element === undefined) throw new Error('The list is empty');
  return element;
}
