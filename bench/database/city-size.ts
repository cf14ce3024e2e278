/** The amount of data. There must be a spot for every driver. */
export interface CitySize {
  readonly lots: number;
  readonly spotsPerLot: number;
  /** Drivers without an active booking; they send the requests. */
  readonly drivers: number;
  /** Past bookings of each of the `drivers`. */
  readonly bookingsPerDriver: number;
  /** Additional drivers per lot who are parked all the time. */
  readonly parkedPerLot: number;
  /** Additional parked drivers in the last lot. */
  readonly parkedInLastLot: number;
  /** Past bookings of one driver who exports them; 0 if there is no such driver. */
  readonly exportedBookings: number;
}
