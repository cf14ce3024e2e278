import type { Triangle } from '../../random.js';
import { HOSPITAL_TARIFF, SHOPPING_TARIFF, STATION_TARIFF, type TariffMaker } from './tariffs.js';

/** A type of lot with its typical use. */
export interface LotProfile {
  /** Possible names of the lot, appended to the name of its area. */
  readonly names: readonly string[];
  readonly spots: Triangle;
  /** Factor by which the currency's typical price is multiplied. */
  readonly priceLevel: Triangle;
  /** Omitted if such lots charge by the hour. */
  readonly tariff?: TariffMaker;
  /** Length of a stay, in hours. */
  readonly stay: Triangle;
  /** Relative number of arrivals on a weekday and on a weekend day. */
  readonly volume: { readonly weekday: number; readonly weekend: number };
  /** Relative number of arrivals for each hour of the local day. */
  readonly weekdayHours: readonly number[];
  readonly weekendHours: readonly number[];
}

const OFFICE: LotProfile = {
  names: ['Tech Park Parking', 'Business Centre Basement', 'Commercial Complex Car Park'],
  spots: { min: 60, mode: 120, max: 300 },
  priceLevel: { min: 0.6, mode: 1, max: 1.5 },
  stay: { min: 1, mode: 8.5, max: 11 },
  volume: { weekday: 10, weekend: 2 },
  weekdayHours: hours('0 0 0 0 0 1 4 14 34 30 12 5 4 7 5 3 2 2 1 1 0 0 0 0'),
  weekendHours: hours('0 0 0 0 0 0 1 3 8 12 12 8 5 4 3 2 2 1 1 0 0 0 0 0'),
};

const SHOPPING: LotProfile = {
  names: ['Mall Parking', 'High Street Parking', 'Shopping Plaza Car Park'],
  spots: { min: 50, mode: 140, max: 350 },
  priceLevel: { min: 0.8, mode: 1.2, max: 2 },
  tariff: SHOPPING_TARIFF,
  stay: { min: 0.3, mode: 1.8, max: 5 },
  volume: { weekday: 10, weekend: 19 },
  weekdayHours: hours('1 0 0 0 0 0 0 1 2 4 8 10 11 10 8 8 10 17 24 23 15 7 3 1'),
  weekendHours: hours('1 0 0 0 0 0 0 1 3 7 14 19 20 17 16 18 22 26 27 22 14 8 4 2'),
};

const STATION: LotProfile = {
  names: ['Metro Park & Ride', 'Railway Station Parking', 'Bus Terminal Parking'],
  spots: { min: 80, mode: 150, max: 400 },
  priceLevel: { min: 0.4, mode: 0.5, max: 0.9 },
  tariff: STATION_TARIFF,
  stay: { min: 0.5, mode: 9, max: 13 },
  volume: { weekday: 10, weekend: 4 },
  weekdayHours: hours('1 0 0 1 3 9 20 32 28 14 6 4 4 4 3 3 4 5 4 3 2 2 1 1'),
  weekendHours: hours('1 0 0 1 4 7 9 10 11 10 8 7 6 5 5 6 7 7 6 4 3 3 2 1'),
};

const HOSPITAL: LotProfile = {
  names: ['Hospital Parking', 'Medical Centre Parking'],
  spots: { min: 40, mode: 70, max: 150 },
  priceLevel: { min: 0.5, mode: 0.8, max: 1 },
  tariff: HOSPITAL_TARIFF,
  stay: { min: 0.3, mode: 1.5, max: 4 },
  volume: { weekday: 10, weekend: 6 },
  weekdayHours: hours('2 1 1 1 1 2 5 9 15 19 20 17 12 9 9 11 14 16 14 9 6 4 3 2'),
  weekendHours: hours('2 1 1 1 1 2 4 7 11 14 14 11 8 7 7 9 11 11 9 6 5 4 3 2'),
};

const MARKET: LotProfile = {
  names: ['Market Parking', 'Town Square Parking', 'Multi-Level Car Park'],
  spots: { min: 20, mode: 45, max: 120 },
  priceLevel: { min: 0.5, mode: 0.8, max: 1.3 },
  stay: { min: 0.2, mode: 0.9, max: 3 },
  volume: { weekday: 10, weekend: 14 },
  weekdayHours: hours('0 0 0 0 1 4 9 10 9 11 14 14 11 7 6 8 12 18 21 17 9 4 1 0'),
  weekendHours: hours('0 0 0 0 1 4 10 14 16 19 21 19 14 9 8 10 15 21 23 18 10 5 2 0'),
};

/** The mix of a city; a profile that is listed twice is twice as frequent. */
export const LOT_PROFILES: readonly LotProfile[] = [
  OFFICE,
  SHOPPING,
  STATION,
  MARKET,
  OFFICE,
  HOSPITAL,
  SHOPPING,
  MARKET,
];

/** A few vehicles stay for one to three days longer; the times are in hours. */
export const LONG_STAY = { probability: 0.01, hours: { min: 20, mode: 30, max: 80 } };

function hours(weights: string): readonly number[] {
  return weights.split(' ').map(Number);
}
