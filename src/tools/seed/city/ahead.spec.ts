import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ParkedCars, simulateFuture, simulateUnused } from './ahead.js';
import { charge } from '../../../parking/tariffs/evaluation/charge.js';
import { hourlyTariff } from '../../../parking/tariffs/tariff.js';
import { makeCity } from './city.js';
import { INDIA, SIZE, bookingsOf, cities } from '../../../../test/support/data/sample-cities.js';

describe('bookings ahead of the sample city', () => {
  it('begin after the history, on spots without a car, never overlap on a spot, and are at most one per driver', () => {
    fc.assert(
      fc.property(cities, (city) => {
        const active = bookingsOf(city).filter(({ leftAt }) => leftAt === null);
        const occupied = new Set(active.map(({ lot, spotNumber }) => `${lot} ${spotNumber}`));
        const drivers = new Set(active.map(({ driver }) => driver));
        const cars = new ParkedCars();
        for (const booking of active) cars.add(booking);
        const freeFrom = new Map<string, number>();
        for (const booking of simulateFuture(city, cars)) {
          const { lot, spotNumber, driver, from, until, bookedAt } = booking;
          const spot = `${lot} ${spotNumber}`;
          expect(occupied).not.toContain(spot);
          expect(drivers).not.toContain(driver);
          expect(from).toBeGreaterThanOrEqual(freeFrom.get(spot) ?? city.history.until);
          expect(bookedAt).toBeLessThanOrEqual(city.history.until);
          expect(until).toBeGreaterThan(from);
          freeFrom.set(spot, until);
          occupied.delete(spot);
          drivers.add(driver);
        }
      }),
    );
  });

  it('cost the fees of the default policy if they ended in the history', () => {
    const city = makeCity({ ...SIZE, days: 60 }, INDIA);
    const unused = [...simulateUnused(city)];
    const statuses = new Set(unused.map(({ status }) => status));
    expect(statuses).toEqual(new Set(['cancelled', 'expired', 'no_show']));
    for (const { status, lot, price, from, until, endedAt, cost, bookedAt } of unused) {
      const { pricePerHour = 0, tariff = hourlyTariff(pricePerHour) } =
        city.lots[lot]?.prices[price] ?? {};
      const { total } = charge(tariff, { from, until, timeZone: city.history.zone });
      const isLate = (endedAt ?? 0) >= from - 3_600_000;
      const late = status === 'cancelled' && isLate ? Math.round(total / 2) : 0;
      expect(cost).toBe(status === 'no_show' ? total : late);
      expect(endedAt).toBeGreaterThan(bookedAt);
      expect(endedAt).toBeLessThanOrEqual(city.history.until);
    }
  });
});
