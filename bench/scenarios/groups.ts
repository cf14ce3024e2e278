import type { City, CitySize, Member } from '../database/city.js';
import { CONNECTIONS } from './scenario.js';

/** Who race for the spots of the last lot. */
export const RACERS = 1_000;
export const RACE_SPOTS = 50;

/** What all scenarios find. */
export const BENCH_CITY: CitySize = {
  lots: 50,
  spotsPerLot: 100,
  drivers: 2 * CONNECTIONS + RACERS,
  bookingsPerDriver: 20,
  parkedPerLot: 10,
  parkedInLastLot: 100 - 10 - RACE_SPOTS,
  exported: 100_000,
};

/** The same with a smaller file to export, for a run that only shows that all works. */
export const QUICK_CITY: CitySize = { ...BENCH_CITY, exported: 3_000 };

/** Drivers who look and never book, one for each connection: their lists stay as long as they are. */
export function readerOf({ drivers }: City, connection: number): Member {
  return pick(drivers, connection);
}

/** Drivers who book and release, one for each connection. */
export function parkerOf({ drivers }: City, connection: number): Member {
  return pick(drivers, CONNECTIONS + connection);
}

export function racersOf({ drivers }: City): readonly Member[] {
  return drivers.slice(2 * CONNECTIONS);
}

/** The element at the number, counted on from the beginning where the list is shorter. */
export function pick<T>(list: readonly T[], number: number): T {
  const element = list[number % list.length];
  if (element === undefined) throw new Error('There is nothing to pick from');
  return element;
}
