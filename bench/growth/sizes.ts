import type { CitySize } from '../database/city-size.js';

/** A multiple of one lot with 500 spots, a hundred drivers and ten thousand bookings. */
export function citySize(times: number): CitySize {
  return {
    lots: times,
    spotsPerLot: 500,
    // A fifth of the drivers are parked.
    drivers: 80 * times,
    parkedPerLot: 20,
    parkedInLastLot: 0,
    bookingsPerDriver: 125,
    exportedBookings: 0,
  };
}
