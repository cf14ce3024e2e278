import { isEmail } from 'class-validator';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CityBooking, simulateBookings } from './bookings.js';
import { charge } from '../../../parking/tariffs/evaluation/charge.js';
import { hourlyTariff } from '../../../parking/tariffs/tariff.js';
import { makeCity } from './city.js';
import { splitName } from './drivers.js';
import { priceAt } from './lots.js';
import { INDIA, SIZE, bookingsOf, cities } from '../../../../test/support/data/sample-cities.js';

/** The number of bookings that start in each of the 24 hours of the local day. */
function byHour(bookings: readonly CityBooking[], zoneOffsetHours: number): number[] {
  const counts = Array.from({ length: 24 }, () => 0);
  for (const { parkedAt } of bookings) {
    const hour = new Date(parkedAt + zoneOffsetHours * 3_600_000).getUTCHours();
    counts[hour] = (counts[hour] ?? 0) + 1;
  }
  return counts;
}

describe('the sample city', () => {
  it('never occupies a spot or a driver twice, and uses the lowest free spot', () => {
    fc.assert(
      fc.property(cities, (city) => {
        const spots = city.lots.map(() => new Map<number, number>());
        const drivers = new Map<number, number>();
        let before = city.history.start;
        for (const { lot, spotNumber, driver, parkedAt, leftAt } of simulateBookings(city)) {
          const taken = spots[lot] ?? new Map<number, number>();
          let lowest = 1;
          while ((taken.get(lowest) ?? 0) > parkedAt) lowest += 1;
          expect(spotNumber).toBe(lowest);
          expect(spotNumber).toBeLessThanOrEqual(city.lots[lot]?.numberOfSpots ?? 0);
          expect(drivers.get(driver) ?? 0).toBeLessThanOrEqual(parkedAt);
          expect(parkedAt).toBeGreaterThanOrEqual(before);
          taken.set(spotNumber, leftAt ?? Infinity);
          drivers.set(driver, leftAt ?? Infinity);
          before = parkedAt;
        }
      }),
      { numRuns: 25 },
    );
  });

  it('keeps every booking within the history and the lifetime of its lot and driver, at the exact cost', () => {
    fc.assert(
      fc.property(cities, (city) => {
        const { until } = city.history;
        for (const booking of simulateBookings(city)) {
          const { parkedAt, leftAt, pricePerHour } = booking;
          const lot = city.lots[booking.lot];
          expect(parkedAt).toBeLessThanOrEqual(until);
          expect(parkedAt).toBeGreaterThanOrEqual(city.drivers[booking.driver]?.createdAt ?? NaN);
          expect(parkedAt).toBeGreaterThanOrEqual(lot?.createdAt ?? NaN);
          expect(pricePerHour).toBe(lot && priceAt(lot, parkedAt));
          const tariff = lot?.prices[booking.price]?.tariff ?? hourlyTariff(pricePerHour);
          const stay = { from: parkedAt, until: leftAt ?? NaN, timeZone: city.history.zone };
          expect(booking.cost).toBe(leftAt === null ? null : charge(tariff, stay).total);
          expect(leftAt ?? until).toBeGreaterThan(parkedAt - 1);
          expect(leftAt ?? until).toBeLessThanOrEqual(until);
        }
      }),
      { numRuns: 25 },
    );
  });

  it('is the same for the same seed and different for another seed', () => {
    const city = makeCity(SIZE, INDIA);
    expect(makeCity(SIZE, INDIA)).toEqual(city);
    expect(bookingsOf(makeCity(SIZE, INDIA))).toEqual(bookingsOf(city));
    const other = makeCity({ ...SIZE, randomSeed: 8 }, INDIA);
    expect(other.lots).not.toEqual(city.lots);
    expect(bookingsOf(other)).not.toEqual(bookingsOf(city));
  });

  it('continues the same bookings if it ends later on the same day', () => {
    const seen = bookingsOf(makeCity(SIZE, INDIA));
    const later = { ...SIZE, until: new Date('2026-03-02T17:00:00Z') };
    const start = ({ lot, driver, spotNumber, parkedAt }: CityBooking) =>
      [lot, driver, spotNumber, parkedAt].join(' ');
    const seenLater = bookingsOf(makeCity(later, INDIA));
    expect(seenLater.length).toBeGreaterThan(seen.length);
    expect(seenLater.slice(0, seen.length).map(start)).toEqual(seen.map(start));
  });

  it('makes the requested number of bookings on average', () => {
    const city = makeCity({ ...SIZE, users: 3000, days: 28, bookingsPerDay: 500 }, INDIA);
    const count = bookingsOf(city).length;
    expect(count).toBeGreaterThan(28 * 500 * 0.9);
    expect(count).toBeLessThan(28 * 500 * 1.15);
  });

  it('has rush hours, quiet nights, and at weekends quiet offices and busy shops', () => {
    const city = makeCity({ ...SIZE, lots: 8, users: 3000, days: 28, bookingsPerDay: 900 }, INDIA);
    const bookings = bookingsOf(city);
    const isWeekend = ({ parkedAt }: CityBooking) =>
      [0, 6].includes(new Date(parkedAt + 5.5 * 3_600_000).getUTCDay());
    const at = (lot: number) => bookings.filter((booking) => booking.lot === lot);
    const hours = byHour(at(0), 5.5);
    expect((hours[8] ?? 0) + (hours[9] ?? 0)).toBeGreaterThan(hours.reduce((a, b) => a + b) / 3);
    expect(hours.slice(0, 5)).toEqual([0, 0, 0, 0, 0]);
    const perDay = (lot: number) => {
      const weekend = at(lot).filter(isWeekend).length;
      return { weekend: weekend / 8, weekday: (at(lot).length - weekend) / 20 };
    };
    expect(perDay(0).weekday).toBeGreaterThan(perDay(0).weekend * 2);
    expect(perDay(1).weekend).toBeGreaterThan(perDay(1).weekday * 1.3);
  });

  it('has regular drivers, some remarks, and active bookings at noon', () => {
    const city = makeCity({ ...SIZE, users: 1000, until: new Date('2026-03-02T07:00:00Z') }, INDIA);
    const bookings = bookingsOf(city);
    const counts = new Map<number, number>();
    for (const { driver } of bookings) counts.set(driver, (counts.get(driver) ?? 0) + 1);
    const ordered = [...counts.values()].sort((one, other) => other - one);
    expect(ordered[0]).toBeGreaterThan((ordered[Math.floor(ordered.length / 2)] ?? 0) * 2);
    const part = (test: (booking: CityBooking) => boolean) =>
      bookings.filter(test).length / bookings.length;
    expect(part(({ remarks }) => remarks !== null)).toBeCloseTo(0.06, 1);
    expect(part(({ vehicleNumber }) => vehicleNumber !== null)).toBeGreaterThan(0.9);
    expect(part(({ leftAt }) => leftAt === null)).toBeGreaterThan(0);
  });

  it('has valid and unique names, addresses and codes', () => {
    const { lots, drivers } = makeCity({ ...SIZE, lots: 1000, users: 5000 }, INDIA);
    expect(new Set(lots.map(({ name }) => name)).size).toBe(1000);
    expect(new Set(drivers.flatMap(({ username, email }) => [username, email])).size).toBe(10_000);
    for (const { name, address, pinCode, numberOfSpots } of lots) {
      expect(name.length).toBeLessThanOrEqual(200);
      expect(address).toMatch(/^\d+, .{3,400}, Bengaluru$/);
      expect(pinCode).toMatch(/^560\d{3}$/);
      expect(numberOfSpots).toBeGreaterThanOrEqual(20);
      expect(numberOfSpots).toBeLessThanOrEqual(400);
    }
    for (const { username, email, vehicles } of drivers) {
      expect(username).toMatch(/^[A-Za-z0-9._-]{3,80}$/);
      expect(isEmail(email)).toBe(true);
      for (const vehicle of vehicles) expect(vehicle).toMatch(/^[A-Z]{2} \d\d [A-Z]{2} \d{4}$/);
    }
  });

  it('generates no taken name', () => {
    const before = makeCity({ ...SIZE, users: 2000 }, INDIA).drivers;
    const takenNames = new Map<string, number>();
    for (const { username } of before) {
      const [base, times] = splitName(username);
      takenNames.set(base, Math.max(times, takenNames.get(base) ?? 0));
    }
    const after = makeCity({ ...SIZE, users: 2000 }, { ...INDIA, takenNames }).drivers;
    const names = new Set([...before, ...after].map(({ username }) => username));
    expect(names.size).toBe(4000);
  });
});
