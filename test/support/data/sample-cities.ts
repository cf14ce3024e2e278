import * as fc from 'fast-check';
import type { CitySize } from '../../../src/tools/seed/flags.js';
import {
  type CityBooking,
  type CityTraffic,
  simulateBookings,
} from '../../../src/tools/seed/city/bookings.js';
import { makeCity } from '../../../src/tools/seed/city/city.js';

/** What the cities of the tests have in common. */
export const INDIA = {
  currency: { code: 'INR', decimals: 2 },
  timezone: 'Asia/Kolkata',
  takenNames: new Map<string, number>(),
};
export const SIZE: CitySize = {
  lots: 6,
  users: 300,
  days: 14,
  bookingsPerDay: undefined,
  randomSeed: 7,
  until: new Date('2026-03-02T12:30:00Z'),
};

/** Cities of all sizes, including crowded ones whose lots are often full. */
export const cities = fc
  .record({
    lots: fc.integer({ min: 1, max: 4 }),
    users: fc.integer({ min: 1, max: 60 }),
    days: fc.integer({ min: 1, max: 9 }),
    bookingsPerDay: fc.option(fc.integer({ min: 1, max: 400 }), { nil: undefined }),
    randomSeed: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    until: fc.date({
      min: new Date('2026-03-20T00:00:00Z'),
      max: new Date('2026-04-05T00:00:00Z'),
      noInvalidDate: true,
    }),
    timezone: fc.constantFrom('Asia/Kolkata', 'Europe/Berlin', 'America/New_York', 'UTC'),
  })
  .map(({ timezone, ...size }) => makeCity(size, { ...INDIA, timezone }));

export function bookingsOf(city: CityTraffic): CityBooking[] {
  return [...simulateBookings(city)];
}
