import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cost, durationHours, dwellTime, type Stay } from './pricing.js';
import { HOUR } from '../../../platform/time/durations.js';

const YEAR = 8_766 * HOUR;

/** At a price of 1 the cost is the number of hours. */
const chargedHours = (parked: Stay) => cost(parked, 1);

function stay(parkedAt: string, leftAt: string): Stay {
  return { parkedAt: new Date(parkedAt), leftAt: new Date(leftAt) };
}

function stayOf(milliseconds: number, parkedAt = '2026-03-01T09:30:00.000Z'): Stay {
  const begin = new Date(parkedAt);
  return { parkedAt: begin, leftAt: new Date(begin.getTime() + milliseconds) };
}

describe('chargedHours', () => {
  it.each([
    [0, 1],
    [1, 1],
    [HOUR - 1, 1],
    [HOUR, 1],
    [HOUR + 1, 2],
    [2 * HOUR, 2],
    [2 * HOUR + 1, 3],
    [24 * HOUR, 24],
    [365 * 24 * HOUR + 1, 8_761],
  ])('counts a stay of %i ms as %i hours', (milliseconds, hours) => {
    expect(chargedHours(stayOf(milliseconds))).toBe(hours);
  });

  it.each([
    // In New York, the clock goes from 01:59 to 03:00 in spring, and from 01:59 back to 01:00 in autumn.
    [
      'one hour that the clock shows as two',
      '2026-03-08T06:30:00.000Z',
      '2026-03-08T07:30:00.000Z',
      1,
    ],
    ['one hour that ends when it began', '2026-11-01T05:30:00.000Z', '2026-11-01T06:30:00.000Z', 1],
    [
      'two hours that the clock shows as one',
      '2026-11-01T05:30:00.000Z',
      '2026-11-01T07:30:00.000Z',
      2,
    ],
    ['the day of 23 hours', '2026-03-08T05:00:00.000Z', '2026-03-09T04:00:00.000Z', 23],
    ['the day of 25 hours', '2026-11-01T04:00:00.000Z', '2026-11-02T05:00:00.000Z', 25],
  ])('counts the elapsed hours of %s', (_, parkedAt, leftAt, hours) => {
    expect(chargedHours(stay(parkedAt, leftAt))).toBe(hours);
  });

  it('returns the fewest whole hours, at least one, that cover the stay', () => {
    fc.assert(
      fc.property(
        fc.nat(100 * YEAR),
        fc.date({ noInvalidDate: true, min: new Date(0) }),
        (length, begin) => {
          fc.pre(begin.getTime() + length <= 8.64e15);
          const hours = chargedHours(stayOf(length, begin.toISOString()));
          expect(Number.isSafeInteger(hours)).toBe(true);
          expect(hours).toBeGreaterThanOrEqual(1);
          expect(hours * HOUR).toBeGreaterThanOrEqual(length);
          expect((hours - 1) * HOUR).toBeLessThan(Math.max(1, length));
        },
      ),
    );
  });

  it('is exact at each full hour of a century', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 876_600 }), (hours) => {
        expect(chargedHours(stayOf(hours * HOUR))).toBe(hours);
        expect(chargedHours(stayOf(hours * HOUR + 1))).toBe(hours + 1);
        expect(chargedHours(stayOf(hours * HOUR - 1))).toBe(hours);
      }),
    );
  });
});

describe('cost', () => {
  it('returns hours times the agreed price, and 0 if the price is 0', () => {
    expect(cost(stayOf(HOUR + 1), 1_610)).toBe(3_220);
    expect(cost(stayOf(0), 1_250)).toBe(1_250);
    expect(cost(stayOf(10 * HOUR), 0)).toBe(0);
  });

  it('returns a safe integer for a decade at the highest price in the most divided currency', () => {
    expect(cost(stayOf(10 * YEAR), 1_000_000_000)).toBe(87_660_000_000_000);
  });
});

describe('durationHours', () => {
  it.each([
    [0, 0],
    [18_000, 0.01],
    [HOUR / 3, 0.33],
    [1.5 * HOUR, 1.5],
    [HOUR * 2.999, 3],
  ])('returns the length of a stay of %i ms as %f', (milliseconds, hours) => {
    expect(durationHours(stayOf(milliseconds))).toBe(hours);
  });
});

it('treats a stay as having no length if the clock was set back', () => {
  expect(dwellTime(stayOf(-1))).toBe(0);
  expect(durationHours(stayOf(-5 * HOUR))).toBe(0);
  expect(chargedHours(stayOf(-5 * HOUR))).toBe(1);
});
