import type { CitySize } from '../database/city.js';

/** So many times: a lot of 500 spots, a hundred drivers, ten thousand bookings. */
export function citySize(times: number): CitySize {
  return {
    lots: times,
    spotsPerLot: 500,
    // A fifth of the drivers is parked.
    drivers: 80 * times,
    parkedPerLot: 20,
    parkedInLastLot: 0,
    bookingsPerDriver: 125,
    exported: 0,
  };
}
